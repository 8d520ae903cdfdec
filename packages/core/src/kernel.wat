;; Inner loops over pixels, with SIMD. Reads go up to 15 bytes beyond what is to be read, writes up to 15 beyond the result.
(module
  (memory (export "memory") 1)

  ;; Weights are in fixed point, 22 bits behind the point, and sums are 32-bit integers. Products of 16-bit lanes are the fastest
  ;; there are, two of them and their sum at once. So two taps are taken together, and their weights come in two parts: upper
  ;; ones (by 11 bits), then lower ones, 16 bits each.
  ;; In the end the upper sums are joined to the lower ones, the fraction is dropped, and what leaves 0..255 is clamped. It
  ;; stands three times: the call of a function with vectors would cost as much as all of a pixel's taps.

  ;; The two passes of resize.ts. `taps` holds one record of `record` bytes per output sample: i32 first input sample, i32
  ;; number n of taps, an even one, n weights.

  ;; Every row of RGB pixels becomes one of `size` pixels. One pixel at a time, its channels in three lanes of four.
  (func (export "resampleRows")
    (param $taps i32) (param $record i32) (param $size i32)
    (param $source i32) (param $rowBytes i32) (param $rows i32) (param $to i32)
    (local $row i32) (local $tap i32) (local $end i32) (local $weight i32) (local $from i32) (local $tapsEnd i32)
    (local $pixels v128) (local $sum v128) (local $low v128)
    (local.set $tapsEnd (i32.add (local.get $taps) (i32.mul (local.get $size) (local.get $record))))
    (loop $nextRow
      (local.set $tap (local.get $taps))
      (loop $nextPixel
        (local.set $from
          (i32.add (local.get $source) (i32.mul (i32.load (local.get $tap)) (i32.const 3))))
        (local.set $weight (i32.add (local.get $tap) (i32.const 8)))
        (local.set $end
          (i32.add (local.get $weight) (i32.shl (i32.load offset=4 (local.get $tap)) (i32.const 2))))
        (local.set $sum (i32x4.splat (i32.const 0)))
        (local.set $low (i32x4.splat (i32.const 0x200000)))
        (loop $nextTaps
          (local.set $pixels (i8x16.swizzle
            (v128.load64_zero (local.get $from))
            (v128.const i8x16 0 128 3 128 1 128 4 128 2 128 5 128 128 128 128 128)))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (local.get $pixels) (v128.load32_splat offset=0 (local.get $weight)))))
          (local.set $low (i32x4.add (local.get $low)
            (i32x4.dot_i16x8_s (local.get $pixels) (v128.load32_splat offset=4 (local.get $weight)))))
          (local.set $from (i32.add (local.get $from) (i32.const 6)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
          (br_if $nextTaps (i32.lt_u (local.get $weight) (local.get $end))))
        (local.set $sum (i32x4.shr_s
          (i32x4.add (i32x4.shl (local.get $sum) (i32.const 11)) (local.get $low)) (i32.const 22)))
        (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
        (v128.store32_lane 0 (local.get $to) (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))
        (local.set $to (i32.add (local.get $to) (i32.const 3)))
        (local.set $tap (i32.add (local.get $tap) (local.get $record)))
        (br_if $nextPixel (i32.lt_u (local.get $tap) (local.get $tapsEnd))))
      (local.set $source (i32.add (local.get $source) (local.get $rowBytes)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $nextRow (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; Rows become `size` rows. Sixteen bytes of a row at a time: what a pixel is does not matter here. Reads up to one row more
  ;; than there are.
  (func (export "resampleColumns")
    (param $taps i32) (param $record i32) (param $size i32)
    (param $source i32) (param $rowBytes i32) (param $to i32)
    (local $tapsEnd i32) (local $first i32) (local $weights i32) (local $end i32) (local $weight i32)
    (local $x i32) (local $from i32) (local $one v128) (local $next v128) (local $both v128) (local $four v128)
    (local $w v128) (local $lowW v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $lowA v128) (local $lowB v128) (local $lowC v128) (local $lowD v128)
    (local.set $tapsEnd (i32.add (local.get $taps) (i32.mul (local.get $size) (local.get $record))))
    (loop $nextRow
      (local.set $first
        (i32.add (local.get $source) (i32.mul (i32.load (local.get $taps)) (local.get $rowBytes))))
      (local.set $weights (i32.add (local.get $taps) (i32.const 8)))
      (local.set $end
        (i32.add (local.get $weights) (i32.shl (i32.load offset=4 (local.get $taps)) (i32.const 2))))
      (local.set $x (i32.const 0))
      (loop $nextBytes
        (local.set $from (i32.add (local.get $first) (local.get $x)))
        (local.set $weight (local.get $weights))
        (local.set $a (i32x4.splat (i32.const 0)))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $lowA (i32x4.splat (i32.const 0x200000)))
        (local.set $lowB (local.get $lowA))
        (local.set $lowC (local.get $lowA))
        (local.set $lowD (local.get $lowA))
        (loop $nextTaps
          (local.set $one (v128.load (local.get $from)))
          (local.set $next (v128.load (i32.add (local.get $from) (local.get $rowBytes))))
          (local.set $w (v128.load32_splat offset=0 (local.get $weight)))
          (local.set $lowW (v128.load32_splat offset=4 (local.get $weight)))
          (local.set $both
            (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $one) (local.get $next)))
          (local.set $four (i16x8.extend_low_i8x16_u (local.get $both)))
          (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (local.get $four) (local.get $w))))
          (local.set $lowA (i32x4.add (local.get $lowA) (i32x4.dot_i16x8_s (local.get $four) (local.get $lowW))))
          (local.set $four (i16x8.extend_high_i8x16_u (local.get $both)))
          (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (local.get $four) (local.get $w))))
          (local.set $lowB (i32x4.add (local.get $lowB) (i32x4.dot_i16x8_s (local.get $four) (local.get $lowW))))
          (local.set $both
            (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $one) (local.get $next)))
          (local.set $four (i16x8.extend_low_i8x16_u (local.get $both)))
          (local.set $c (i32x4.add (local.get $c) (i32x4.dot_i16x8_s (local.get $four) (local.get $w))))
          (local.set $lowC (i32x4.add (local.get $lowC) (i32x4.dot_i16x8_s (local.get $four) (local.get $lowW))))
          (local.set $four (i16x8.extend_high_i8x16_u (local.get $both)))
          (local.set $d (i32x4.add (local.get $d) (i32x4.dot_i16x8_s (local.get $four) (local.get $w))))
          (local.set $lowD (i32x4.add (local.get $lowD) (i32x4.dot_i16x8_s (local.get $four) (local.get $lowW))))
          (local.set $from (i32.add (local.get $from) (i32.shl (local.get $rowBytes) (i32.const 1))))
          (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
          (br_if $nextTaps (i32.lt_u (local.get $weight) (local.get $end))))
        (v128.store (i32.add (local.get $to) (local.get $x))
          (i8x16.narrow_i16x8_u
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $a) (i32.const 11)) (local.get $lowA)) (i32.const 22))
              (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $b) (i32.const 11)) (local.get $lowB)) (i32.const 22)))
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $c) (i32.const 11)) (local.get $lowC)) (i32.const 22))
              (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $d) (i32.const 11)) (local.get $lowD)) (i32.const 22)))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (br_if $nextBytes (i32.lt_u (local.get $x) (local.get $rowBytes))))
      (local.set $to (i32.add (local.get $to) (local.get $rowBytes)))
      (local.set $taps (i32.add (local.get $taps) (local.get $record)))
      (br_if $nextRow (i32.lt_u (local.get $taps) (local.get $tapsEnd)))))

  ;; Pixels of sample-affine.ts: each the weighted sum of 6 x 6 of the source. From `places` up to `end` there are two i32 a
  ;; pixel: where the first of its source pixels lies, and where its 36 weights, row by row.
  (func (export "sampleSquares")
    (param $places i32) (param $end i32) (param $rowBytes i32) (param $to i32)
    (local $from i32) (local $weight i32) (local $weightsEnd i32) (local $pixels v128) (local $sum v128) (local $low v128)
    (loop $nextPixel
      (local.set $from (i32.load offset=0 (local.get $places)))
      (local.set $weight (i32.load offset=4 (local.get $places)))
      (local.set $weightsEnd (i32.add (local.get $weight) (i32.const 144)))
      (local.set $sum (i32x4.splat (i32.const 0)))
      (local.set $low (i32x4.splat (i32.const 0x200000)))
      (loop $nextRow
        (local.set $pixels (i8x16.swizzle
          (v128.load64_zero offset=0 (local.get $from))
          (v128.const i8x16 0 128 3 128 1 128 4 128 2 128 5 128 128 128 128 128)))
        (local.set $sum (i32x4.add (local.get $sum)
          (i32x4.dot_i16x8_s (local.get $pixels) (v128.load32_splat offset=0 (local.get $weight)))))
        (local.set $low (i32x4.add (local.get $low)
          (i32x4.dot_i16x8_s (local.get $pixels) (v128.load32_splat offset=4 (local.get $weight)))))
        (local.set $pixels (i8x16.swizzle
          (v128.load64_zero offset=6 (local.get $from))
          (v128.const i8x16 0 128 3 128 1 128 4 128 2 128 5 128 128 128 128 128)))
        (local.set $sum (i32x4.add (local.get $sum)
          (i32x4.dot_i16x8_s (local.get $pixels) (v128.load32_splat offset=8 (local.get $weight)))))
        (local.set $low (i32x4.add (local.get $low)
          (i32x4.dot_i16x8_s (local.get $pixels) (v128.load32_splat offset=12 (local.get $weight)))))
        (local.set $pixels (i8x16.swizzle
          (v128.load64_zero offset=12 (local.get $from))
          (v128.const i8x16 0 128 3 128 1 128 4 128 2 128 5 128 128 128 128 128)))
        (local.set $sum (i32x4.add (local.get $sum)
          (i32x4.dot_i16x8_s (local.get $pixels) (v128.load32_splat offset=16 (local.get $weight)))))
        (local.set $low (i32x4.add (local.get $low)
          (i32x4.dot_i16x8_s (local.get $pixels) (v128.load32_splat offset=20 (local.get $weight)))))
        (local.set $from (i32.add (local.get $from) (local.get $rowBytes)))
        (local.set $weight (i32.add (local.get $weight) (i32.const 24)))
        (br_if $nextRow (i32.lt_u (local.get $weight) (local.get $weightsEnd))))
      (local.set $sum (i32x4.shr_s
        (i32x4.add (i32x4.shl (local.get $sum) (i32.const 11)) (local.get $low)) (i32.const 22)))
      (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
      (v128.store32_lane 0 (local.get $to) (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))
      (local.set $to (i32.add (local.get $to) (i32.const 3)))
      (local.set $places (i32.add (local.get $places) (i32.const 8)))
      (br_if $nextPixel (i32.lt_u (local.get $places) (local.get $end)))))

  ;; Rows of RGB as the rows of a PNG: the number of Paeth's filter, then what is left of the bytes by it: minus the nearest,
  ;; of the byte to the left, the one above and the one in the corner, to left + above - corner. Eight at a time, in lanes of
  ;; 16 bits. The row above the first lies before it. A row's first pixel is taken to be right of the last one of the row
  ;; above; it is for the caller to mend.
  (func (export "filterRows")
    (param $source i32) (param $rowBytes i32) (param $rows i32) (param $to i32)
    (local $x i32) (local $at i32) (local $left v128) (local $above v128) (local $corner v128)
    (local $toLeft v128) (local $toAbove v128) (local $toCorner v128)
    (loop $nextRow
      (i32.store8 (local.get $to) (i32.const 4))
      (local.set $to (i32.add (local.get $to) (i32.const 1)))
      (local.set $x (i32.const 0))
      (loop $nextBytes
        (local.set $at (i32.sub (i32.add (local.get $source) (local.get $x)) (local.get $rowBytes)))
        (local.set $above (v128.load8x8_u (local.get $at)))
        (local.set $corner (v128.load8x8_u (i32.sub (local.get $at) (i32.const 3))))
        (local.set $at (i32.add (local.get $source) (local.get $x)))
        (local.set $left (v128.load8x8_u (i32.sub (local.get $at) (i32.const 3))))
        (local.set $toLeft (i16x8.sub (local.get $above) (local.get $corner)))
        (local.set $toAbove (i16x8.sub (local.get $left) (local.get $corner)))
        (local.set $toCorner (i16x8.abs (i16x8.add (local.get $toLeft) (local.get $toAbove))))
        (local.set $toLeft (i16x8.abs (local.get $toLeft)))
        (local.set $toAbove (i16x8.abs (local.get $toAbove)))
        (local.set $left
          (v128.bitselect
            (local.get $left)
            (v128.bitselect (local.get $above) (local.get $corner)
              (i16x8.le_s (local.get $toAbove) (local.get $toCorner)))
            (v128.and
              (i16x8.le_s (local.get $toLeft) (local.get $toAbove))
              (i16x8.le_s (local.get $toLeft) (local.get $toCorner)))))
        (v128.store64_lane 0 (i32.add (local.get $to) (local.get $x))
          (i8x16.sub
            (v128.load64_zero (local.get $at))
            (i8x16.narrow_i16x8_u (local.get $left) (local.get $left))))
        (local.set $x (i32.add (local.get $x) (i32.const 8)))
        (br_if $nextBytes (i32.lt_u (local.get $x) (local.get $rowBytes))))
      (local.set $source (i32.add (local.get $source) (local.get $rowBytes)))
      (local.set $to (i32.add (local.get $to) (local.get $rowBytes)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $nextRow (local.get $rows))))

  ;; The two passes of deflate.ts over a block of bytes. Tokens are bytes as they are (0 to 255) and runs: 256 + n for n more
  ;; of the byte before, 4 to 258. (Three bytes alone mostly cost less than a run of three.) The byte before the block is not
  ;; as its first, the one behind not as its last, so a run stays inside. Both passes take four bytes at once where no run
  ;; begins among them. A run begins where a byte and the next three are as the one before: `same` has a bit for each place.

  ;; How long the run that begins at `at` is.
  (func $run (param $at i32) (result i32)
    (local $byte i32) (local $length i32)
    (local.set $byte (i32.load8_u (local.get $at)))
    (local.set $length (i32.const 4))
    (block $over
      (loop $next
        (br_if $over (i32.ne (i32.load8_u (i32.add (local.get $at) (local.get $length))) (local.get $byte)))
        (br_if $over (i32.eq (local.get $length) (i32.const 258)))
        (local.set $length (i32.add (local.get $length) (i32.const 1)))
        (br $next)))
    (local.get $length))

  ;; How often each token comes: adds to four tables of 515 numbers of 32 bits, the totals of which count.
  (func (export "countTokens") (param $at i32) (param $end i32) (param $counts i32)
    (local $same i32) (local $length i32) (local $token i32)
    (loop $next
      (local.set $same (i8x16.bitmask (i8x16.eq
        (v128.load (local.get $at)) (v128.load (i32.sub (local.get $at) (i32.const 1))))))
      (local.set $same (i32.and (local.get $same) (i32.shr_u (local.get $same) (i32.const 1))))
      (local.set $same (i32.and (local.get $same) (i32.shr_u (local.get $same) (i32.const 2))))
      (if (i32.or
            (i32.and (local.get $same) (i32.const 15))
            (i32.gt_u (i32.add (local.get $at) (i32.const 4)) (local.get $end)))
        (then
          (if (i32.and (local.get $same) (i32.const 1))
            (then
              (local.set $length (call $run (local.get $at)))
              (local.set $token (i32.add (i32.const 256) (local.get $length))))
            (else
              (local.set $length (i32.const 1))
              (local.set $token (i32.load8_u (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (local.get $length)))
          (local.set $token (i32.add (local.get $counts) (i32.shl (local.get $token) (i32.const 2))))
          (i32.store (local.get $token) (i32.add (i32.load (local.get $token)) (i32.const 1))))
        (else
          (local.set $token (i32.add (local.get $counts) (i32.shl (i32.load8_u (local.get $at)) (i32.const 2))))
          (i32.store (local.get $token) (i32.add (i32.load (local.get $token)) (i32.const 1)))
          (local.set $token (i32.add (local.get $counts) (i32.shl (i32.load8_u offset=1 (local.get $at)) (i32.const 2))))
          (i32.store offset=2060 (local.get $token) (i32.add (i32.load offset=2060 (local.get $token)) (i32.const 1)))
          (local.set $token (i32.add (local.get $counts) (i32.shl (i32.load8_u offset=2 (local.get $at)) (i32.const 2))))
          (i32.store offset=4120 (local.get $token) (i32.add (i32.load offset=4120 (local.get $token)) (i32.const 1)))
          (local.set $token (i32.add (local.get $counts) (i32.shl (i32.load8_u offset=3 (local.get $at)) (i32.const 2))))
          (i32.store offset=6180 (local.get $token) (i32.add (i32.load offset=6180 (local.get $token)) (i32.const 1)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Writes the code of each token from bit `bit` of the memory on, and tells where the last one ends. `codes` has two numbers
  ;; of 32 bits for each token: the bits, the first one lowest, and how many they are, for bytes at most 14.
  (func (export "writeTokens")
    (param $at i32) (param $end i32) (param $codes i32) (param $bit i32) (result i32)
    (local $same i32) (local $length i32) (local $token i32) (local $code i32)
    (local $to i32) (local $bits i64) (local $count i64)
    (local.set $to (i32.shr_u (local.get $bit) (i32.const 3)))
    (local.set $bits (i64.load8_u (local.get $to)))
    (local.set $count (i64.extend_i32_u (i32.and (local.get $bit) (i32.const 7))))
    (loop $next
      (local.set $same (i8x16.bitmask (i8x16.eq
        (v128.load (local.get $at)) (v128.load (i32.sub (local.get $at) (i32.const 1))))))
      (local.set $same (i32.and (local.get $same) (i32.shr_u (local.get $same) (i32.const 1))))
      (local.set $same (i32.and (local.get $same) (i32.shr_u (local.get $same) (i32.const 2))))
      (if (i32.or
            (i32.and (local.get $same) (i32.const 15))
            (i32.gt_u (i32.add (local.get $at) (i32.const 4)) (local.get $end)))
        (then
          (if (i32.and (local.get $same) (i32.const 1))
            (then
              (local.set $length (call $run (local.get $at)))
              (local.set $token (i32.add (i32.const 256) (local.get $length))))
            (else
              (local.set $length (i32.const 1))
              (local.set $token (i32.load8_u (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (local.get $length)))
          (local.set $code (i32.add (local.get $codes) (i32.shl (local.get $token) (i32.const 3))))
          (local.set $bits (i64.or (local.get $bits) (i64.shl (i64.load32_u (local.get $code)) (local.get $count))))
          (local.set $count (i64.add (local.get $count) (i64.load32_u offset=4 (local.get $code)))))
        (else
          (local.set $code (i32.add (local.get $codes) (i32.shl (i32.load8_u (local.get $at)) (i32.const 3))))
          (local.set $bits (i64.or (local.get $bits) (i64.shl (i64.load32_u (local.get $code)) (local.get $count))))
          (local.set $count (i64.add (local.get $count) (i64.load32_u offset=4 (local.get $code))))
          (local.set $code (i32.add (local.get $codes) (i32.shl (i32.load8_u offset=1 (local.get $at)) (i32.const 3))))
          (local.set $bits (i64.or (local.get $bits) (i64.shl (i64.load32_u (local.get $code)) (local.get $count))))
          (local.set $count (i64.add (local.get $count) (i64.load32_u offset=4 (local.get $code))))
          (local.set $code (i32.add (local.get $codes) (i32.shl (i32.load8_u offset=2 (local.get $at)) (i32.const 3))))
          (local.set $bits (i64.or (local.get $bits) (i64.shl (i64.load32_u (local.get $code)) (local.get $count))))
          (local.set $count (i64.add (local.get $count) (i64.load32_u offset=4 (local.get $code))))
          (local.set $code (i32.add (local.get $codes) (i32.shl (i32.load8_u offset=3 (local.get $at)) (i32.const 3))))
          (local.set $bits (i64.or (local.get $bits) (i64.shl (i64.load32_u (local.get $code)) (local.get $count))))
          (local.set $count (i64.add (local.get $count) (i64.load32_u offset=4 (local.get $code))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))))
      (i64.store (local.get $to) (local.get $bits))
      (local.set $to (i32.add (local.get $to) (i32.wrap_i64 (i64.shr_u (local.get $count) (i64.const 3)))))
      (local.set $bits (i64.shr_u (local.get $bits) (i64.and (local.get $count) (i64.const 56))))
      (local.set $count (i64.and (local.get $count) (i64.const 7)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32.add (i32.shl (local.get $to) (i32.const 3)) (i32.wrap_i64 (local.get $count))))

  ;; Adler-32 of what came before and these bytes. Eight at a time: every second byte in a lane of 16 bits, and a product's
  ;; uppermost lane is the sum of the four lanes, each by its weight.
  (func (export "adler32") (param $at i32) (param $end i32) (param $adler i32) (result i32)
    (local $a i64) (local $b i64) (local $even i64) (local $odd i64)
    (local.set $a (i64.extend_i32_u (i32.and (local.get $adler) (i32.const 0xffff))))
    (local.set $b (i64.extend_i32_u (i32.shr_u (local.get $adler) (i32.const 16))))
    (loop $next
      (if (i32.le_u (i32.add (local.get $at) (i32.const 8)) (local.get $end))
        (then
          (local.set $even (i64.load (local.get $at)))
          (local.set $odd (i64.and (i64.shr_u (local.get $even) (i64.const 8)) (i64.const 0x00ff00ff00ff00ff)))
          (local.set $even (i64.and (local.get $even) (i64.const 0x00ff00ff00ff00ff)))
          (local.set $b (i64.add
            (i64.add (local.get $b) (i64.shl (local.get $a) (i64.const 3)))
            (i64.add
              (i64.shr_u (i64.mul (local.get $even) (i64.const 0x0008000600040002)) (i64.const 48))
              (i64.shr_u (i64.mul (local.get $odd) (i64.const 0x0007000500030001)) (i64.const 48)))))
          (local.set $a (i64.add (local.get $a) (i64.shr_u
            (i64.mul (i64.add (local.get $even) (local.get $odd)) (i64.const 0x0001000100010001)) (i64.const 48))))
          (local.set $at (i32.add (local.get $at) (i32.const 8))))
        (else
          (local.set $a (i64.add (local.get $a) (i64.load8_u (local.get $at))))
          (local.set $b (i64.add (local.get $b) (local.get $a)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32.or
      (i32.wrap_i64 (i64.rem_u (local.get $a) (i64.const 65521)))
      (i32.shl (i32.wrap_i64 (i64.rem_u (local.get $b) (i64.const 65521))) (i32.const 16))))

  ;; Whether some window of a picture looks like another picture: whether, at the samples, its values leave the range from
  ;; `low` to `high` by less than `limit` in all. There are `windows` places for it in each of `rows` rows. A sample has 64
  ;; bytes: where it lies in the window, in bytes, as i32, and from byte 16 its R, G and B sixteen times over. Sixteen windows
  ;; at a time, their sums by channel in lanes of 16 bits; those are given up for the next ones when all are over the limit.
  ;; `sums` is room for 96 bytes. Reads go up to 47 bytes beyond the picture.
  (func (export "someWindow")
    (param $low i32) (param $high i32) (param $rowBytes i32) (param $windows i32) (param $rows i32)
    (param $samples i32) (param $end i32) (param $limit i32) (param $sums i32) (result i32)
    (local $left i32) (local $lowAt i32) (local $highAt i32) (local $sample i32) (local $until i32) (local $by i32)
    (local $n i32) (local $alive i32) (local $v v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128)
    (loop $nextRow
      (local.set $left (local.get $windows))
      (local.set $lowAt (local.get $low))
      (local.set $highAt (local.get $high))
      (loop $nextWindows
        (local.set $a (i16x8.splat (i32.const 0)))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $e (local.get $a))
        (local.set $f (local.get $a))
        (local.set $sample (local.get $samples))
        (loop $nextSamples
          ;; Twelve samples between one look at the sums and the next.
          (local.set $until (i32.add (local.get $sample) (i32.const 768)))
          (if (i32.gt_u (local.get $until) (local.get $end)) (then (local.set $until (local.get $end))))
          (loop $nextSample
            (local.set $by (i32.load (local.get $sample)))
            (local.set $v (v128.load offset=16 (local.get $sample)))
            (local.set $v (v128.or
              (i8x16.sub_sat_u (v128.load offset=0 (i32.add (local.get $lowAt) (local.get $by))) (local.get $v))
              (i8x16.sub_sat_u (local.get $v) (v128.load offset=0 (i32.add (local.get $highAt) (local.get $by))))))
            (local.set $a (i16x8.add (local.get $a) (i16x8.extend_low_i8x16_u (local.get $v))))
            (local.set $b (i16x8.add (local.get $b) (i16x8.extend_high_i8x16_u (local.get $v))))
            (local.set $v (v128.load offset=32 (local.get $sample)))
            (local.set $v (v128.or
              (i8x16.sub_sat_u (v128.load offset=16 (i32.add (local.get $lowAt) (local.get $by))) (local.get $v))
              (i8x16.sub_sat_u (local.get $v) (v128.load offset=16 (i32.add (local.get $highAt) (local.get $by))))))
            (local.set $c (i16x8.add (local.get $c) (i16x8.extend_low_i8x16_u (local.get $v))))
            (local.set $d (i16x8.add (local.get $d) (i16x8.extend_high_i8x16_u (local.get $v))))
            (local.set $v (v128.load offset=48 (local.get $sample)))
            (local.set $v (v128.or
              (i8x16.sub_sat_u (v128.load offset=32 (i32.add (local.get $lowAt) (local.get $by))) (local.get $v))
              (i8x16.sub_sat_u (local.get $v) (v128.load offset=32 (i32.add (local.get $highAt) (local.get $by))))))
            (local.set $e (i16x8.add (local.get $e) (i16x8.extend_low_i8x16_u (local.get $v))))
            (local.set $f (i16x8.add (local.get $f) (i16x8.extend_high_i8x16_u (local.get $v))))
            (local.set $sample (i32.add (local.get $sample) (i32.const 64)))
            (br_if $nextSample (i32.lt_u (local.get $sample) (local.get $until))))
          (v128.store (local.get $sums) (local.get $a))
          (v128.store offset=16 (local.get $sums) (local.get $b))
          (v128.store offset=32 (local.get $sums) (local.get $c))
          (v128.store offset=48 (local.get $sums) (local.get $d))
          (v128.store offset=64 (local.get $sums) (local.get $e))
          (v128.store offset=80 (local.get $sums) (local.get $f))
          (local.set $alive (i32.const 0))
          (local.set $n (select (i32.const 16) (local.get $left) (i32.gt_u (local.get $left) (i32.const 16))))
          (local.set $by (i32.add (local.get $sums) (i32.mul (local.get $n) (i32.const 6))))
          (loop $nextSum
            (local.set $by (i32.sub (local.get $by) (i32.const 6)))
            (local.set $alive (i32.or (local.get $alive) (i32.lt_u
              (i32.add
                (i32.add (i32.load16_u (local.get $by)) (i32.load16_u offset=2 (local.get $by)))
                (i32.load16_u offset=4 (local.get $by)))
              (local.get $limit))))
            (br_if $nextSum (i32.gt_u (local.get $by) (local.get $sums))))
          (br_if $nextSamples (i32.and (local.get $alive) (i32.lt_u (local.get $sample) (local.get $end)))))
        (if (local.get $alive) (then (return (i32.const 1))))
        (local.set $lowAt (i32.add (local.get $lowAt) (i32.const 48)))
        (local.set $highAt (i32.add (local.get $highAt) (i32.const 48)))
        (local.set $left (i32.sub (local.get $left) (i32.const 16)))
        (br_if $nextWindows (i32.gt_s (local.get $left) (i32.const 0))))
      (local.set $low (i32.add (local.get $low) (local.get $rowBytes)))
      (local.set $high (i32.add (local.get $high) (local.get $rowBytes)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $nextRow (local.get $rows)))
    (i32.const 0))

  ;; Of every byte of a picture, half-way to the least and to the greatest of the nine around it, of its channel. A row of the
  ;; source is `stride` bytes behind the one before, and has one pixel more at either end; there is one row more above and
  ;; below.
  (func (export "halfRange")
    (param $source i32) (param $stride i32) (param $rowBytes i32) (param $rows i32) (param $low i32) (param $high i32)
    (local $x i32) (local $at i32) (local $dx i32) (local $v v128) (local $least v128) (local $most v128)
    (loop $nextRow
      (local.set $x (i32.const 0))
      (loop $nextBytes
        (local.set $least (v128.load (i32.add (local.get $source) (local.get $x))))
        (local.set $most (local.get $least))
        (local.set $dx (i32.const -3))
        (loop $nextColumn
          (local.set $at (i32.add (i32.add (local.get $source) (local.get $x)) (local.get $dx)))
          (local.set $v (v128.load (i32.sub (local.get $at) (local.get $stride))))
          (local.set $least (i8x16.min_u (local.get $least) (local.get $v)))
          (local.set $most (i8x16.max_u (local.get $most) (local.get $v)))
          (local.set $v (v128.load (local.get $at)))
          (local.set $least (i8x16.min_u (local.get $least) (local.get $v)))
          (local.set $most (i8x16.max_u (local.get $most) (local.get $v)))
          (local.set $v (v128.load (i32.add (local.get $at) (local.get $stride))))
          (local.set $least (i8x16.min_u (local.get $least) (local.get $v)))
          (local.set $most (i8x16.max_u (local.get $most) (local.get $v)))
          (local.set $dx (i32.add (local.get $dx) (i32.const 3)))
          (br_if $nextColumn (i32.le_s (local.get $dx) (i32.const 3))))
        (local.set $v (v128.load (i32.add (local.get $source) (local.get $x))))
        (v128.store (i32.add (local.get $low) (local.get $x)) (call $between (local.get $v) (local.get $least)))
        (v128.store (i32.add (local.get $high) (local.get $x)) (call $between (local.get $v) (local.get $most)))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (br_if $nextBytes (i32.lt_u (local.get $x) (local.get $rowBytes))))
      (local.set $source (i32.add (local.get $source) (local.get $stride)))
      (local.set $low (i32.add (local.get $low) (local.get $rowBytes)))
      (local.set $high (i32.add (local.get $high) (local.get $rowBytes)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $nextRow (local.get $rows))))

  ;; The mean of two bytes, rounded down.
  (func $between (param $a v128) (param $b v128) (result v128)
    (i8x16.sub
      (i8x16.avgr_u (local.get $a) (local.get $b))
      (v128.and (v128.xor (local.get $a) (local.get $b)) (i8x16.splat (i32.const 1))))))
