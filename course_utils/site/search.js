// On the page of the search: below each result the words around what was looked for. They are in
// courseTexts, by page: its sections, each a name and its words.
"use strict";

(() => {
  const AROUND = 90; // letters on each side
  const query = new URLSearchParams(location.search).get("q") ?? "";
  const wanted = query.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter((word) => word.length > 1)
    // As the index has it, without an ending.
    .map((word) => (word.length > 5 ? word.slice(0, -2) : word));

  function count(text) {
    return wanted.filter((word) => text.toLowerCase().includes(word)).length;
  }

  // The section with most of the words, among them the one that a result names.
  function textOf(page, anchor) {
    const sections = courseTexts[page] ?? [];
    const own = sections.filter(([name]) => name && name === anchor);
    const all = own.some(([, text]) => count(text)) ? own : sections;
    return all.reduce((best, [, text]) => (count(text) > count(best) ? text : best), all[0]?.[1] ?? "");
  }

  function excerptOf(text) {
    const low = text.toLowerCase();
    const places = wanted.map((word) => low.indexOf(word)).filter((place) => place >= 0);
    const first = Math.max(0, (places.length ? Math.min(...places) : 0) - AROUND);
    const start = first && text.indexOf(" ", first) + 1;
    const cut = text.length > start + 2 * AROUND;
    const end = cut ? text.lastIndexOf(" ", start + 2 * AROUND) : text.length;
    return `${start ? "… " : ""}${text.slice(start, end)}${cut ? " …" : ""}`;
  }

  function below(item) {
    const link = item.querySelector("a");
    if (!link || item.querySelector(".course-excerpt")) return;
    const [path, anchor = ""] = link.getAttribute("href").split("#");
    const page = path.split("?")[0].replace(/^\.\//, "");
    const text = textOf(page, decodeURIComponent(anchor));
    if (!text) return;
    const excerpt = document.createElement("p");
    excerpt.className = "course-excerpt";
    excerpt.textContent = excerptOf(text);
    item.append(excerpt);
  }

  const results = document.getElementById("search-results");
  const all = () => results.querySelectorAll("li").forEach(below);
  new MutationObserver(all).observe(results, { childList: true, subtree: true });
  all();
})();
