/* Suggestions while somebody types: questions of published answers, taken from the search page. Without this the page does all it does. */
"use strict";
(() => {
  const field = document.getElementById("q");
  const list = document.getElementById("suggestions");
  if (!field || !list) return;
  const LEAST = 3; // letters
  const PAUSE = 300; // milliseconds without a key
  const MOST = 6;
  let timer = 0;
  let asked = "";

  const suggest = async () => {
    const typed = field.value.trim();
    if (typed.length < LEAST || typed === asked) return;
    asked = typed;
    const address = `${field.form.action}?${new URLSearchParams({ q: typed })}`;
    const answer = await fetch(address, { credentials: "omit" }).catch(() => null);
    // What was typed meanwhile is asked about again; an older answer must not stand over a newer one.
    if (!answer || !answer.ok || typed !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = [...page.querySelectorAll(".hits h3")].slice(0, MOST);
    list.replaceChildren(
      ...found.map((heading) => {
        const row = document.createElement("li");
        for (const name of ["lang", "dir"]) if (heading.hasAttribute(name)) row.setAttribute(name, heading.getAttribute(name));
        row.append(...heading.childNodes);
        return row;
      }),
    );
    list.hidden = !found.length;
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE);
  });
})();
