import { expect, test } from "vitest";
import { escapeHtml, foreign, html, page } from "./page.js";

test("text loses its power over markup and attributes", () => {
  expect(escapeHtml(`</script><img src="x" onerror='a&b'>`)).toBe(
    "&lt;/script&gt;&lt;img src=&quot;x&quot; onerror=&#39;a&amp;b&#39;&gt;",
  );
});

test("control characters become the replacement character, line breaks and tabs stay", () => {
  expect(escapeHtml("a\u0000b\u001b[31mc\u009f\n\td")).toBe("a\ufffdb\ufffd[31mc\ufffd\n\td");
});

test("the template escapes insertions once, keeps its own markup, and joins lists", () => {
  const items = ["<a>", "b&"].map((text) => html`<li>${text}</li>`);
  expect(html`<ul title="${'"'}">${items}${null}${7}</ul>`.text).toBe(
    '<ul title="&quot;"><li>&lt;a&gt;</li><li>b&amp;</li>7</ul>',
  );
});

test("foreign text is isolated from the direction of the words around it", () => {
  expect(foreign("\u202e<b>").text).toBe("<bdi>\u202e&lt;b&gt;</bdi>");
});

test("a page forbids every request and escapes its title", () => {
  const text = page("</title><script>", html`<p>body</p>`);
  expect(text).toContain("<title>&lt;/title&gt;&lt;script&gt;</title>");
  expect(text).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
  expect(text).not.toContain("<script");
});
