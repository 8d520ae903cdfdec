/** Words that say nothing of what an English text is about. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    "a about above after again against all also am an and any are as at be because been before being below between both but by " +
    "can cannot could did do does doing down during each either few for from further had has have having he her here hers him " +
    "his how however i if in into is it its itself may me might more most must my neither no nor not now of off on once one only " +
    "onto or other our ours out over own per same she should so some such than that the their theirs them then there these they " +
    "this those through to too under until up upon us very via was we were what when where which while who whom whose why will " +
    "with within without would you your yours"
  ).split(" "),
);
