/* Comfort for whoever writes, and nothing else: the form does all of it without this script, by its buttons. */
"use strict";
(() => {
  const form = document.getElementById("writing-form");
  if (!form) return;
  const LOOK_AFTER = 1200; // milliseconds without a key: a preview
  const SAVE_AFTER = 5000; // milliseconds without a key: a save …
  const SAVE_EVERY = 30000; // … but no more often than this, for each save is kept in the history for ever
  const SAVE_AT_LAST = 60000; // somebody who never stops is saved all the same
  const saved = document.getElementById("saved");
  const body = document.getElementById("id_body");

  // What would be sent. The token changes at each sight of it, and what was seen is no word of the person's.
  const typed = () => {
    const entered = new FormData(form);
    entered.delete("csrfmiddlewaretoken");
    entered.delete("seen");
    return new URLSearchParams(entered).toString();
  };
  const send = (button, value) => {
    const entered = new FormData(form);
    entered.set(button, value);
    return fetch(form.action, { method: "POST", body: entered, credentials: "same-origin" });
  };

  // The preview, with what readiness finds at each field

  let looked = typed();
  let lookTimer = 0;
  let sight = 0;

  const replace = (page, id) => {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh || old.innerHTML === fresh.innerHTML) return false;
    old.replaceChildren(...fresh.childNodes);
    return true;
  };
  // A row that a mark in the body has made: shown unless somebody is in that list just now.
  const takeRows = (page, name) => {
    const [old, fresh] = [document.getElementById(`rows-${name}`), page.getElementById(`rows-${name}`)];
    const filled = (rows) => [...rows.querySelectorAll('input[list]')].filter((input) => input.value).length;
    if (old && fresh && !old.contains(document.activeElement) && filled(fresh) > filled(old)) old.replaceWith(fresh);
  };
  // What the preview says of words that are not saved.
  const forget = () => document.querySelector("#preview > .says")?.remove();
  const warn = () => {
    forget();
    const note = document.createElement("p");
    note.className = "says";
    note.textContent = "This shows earlier words: something in the form is wrong, or not complete. Press Save to see what.";
    document.getElementById("preview").prepend(note);
  };
  const look = async () => {
    const now = typed();
    if (now === looked) return;
    const mine = (sight += 1);
    const answer = await send("_preview", "1").catch(() => null);
    // What was typed meanwhile is asked about again; an older answer must not stand over a newer one.
    if (!answer || !answer.ok || mine !== sight) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("writing-form") || mine !== sight) return;
    looked = now;
    if (typed() === now) takeRows(page, "citations");
    // Of words that are refused no preview is made: the last one stays.
    if (page.querySelector("#writing-form .errornote")) return warn();
    replace(page, "preview");
    if (now === kept) forget();
    replace(page, "tally");
    // What is new is not folded away; what somebody folded stays so.
    for (const found of form.querySelectorAll(".findings")) {
      const part = replace(page, found.id) && found.hasChildNodes() && found.closest("details");
      if (part) part.open = true;
    }
  };

  // Saving while somebody types

  let kept = typed();
  let saveTimer = 0;
  let lastSave = 0;
  let waitsSince = 0;
  let saving = null;
  let isRefused = false;
  let isLeaving = false;

  const tell = (message, refused) => {
    isRefused = refused;
    saved.classList.toggle("refused", refused);
    if (saved.textContent !== message) saved.textContent = message;
  };
  const save = async () => {
    const now = typed();
    if (now === kept || saving || isLeaving) return;
    lastSave = Date.now();
    waitsSince = 0;
    saving = (async () => {
      const answer = await send("_autosave", "1").catch(() => null);
      if (!answer) return tell("Not saved: the library does not answer. It is tried again as you type.", true);
      if (!(answer.headers.get("Content-Type") || "").includes("json")) {
        const why = answer.status === 403 ? "your session ended. Press Save: once you are signed in your words stand here again." : "press Save to see why.";
        return tell(`Not saved: ${why}`, true);
      }
      const told = await answer.json();
      if (told.seen) {
        form.elements.seen.value = told.seen;
        kept = now;
        if (looked === now) forget();
      }
      tell(told.message, !told.seen);
    })();
    await saving;
    saving = null;
    if (typed() !== kept && !isRefused) planSave();
  };
  const planSave = () => {
    clearTimeout(saveTimer);
    waitsSince ||= Date.now();
    const pause = Math.max(SAVE_AFTER, lastSave + SAVE_EVERY - Date.now());
    saveTimer = setTimeout(save, Math.max(0, Math.min(pause, waitsSince + SAVE_AT_LAST - Date.now())));
  };

  form.addEventListener("input", () => {
    clearTimeout(lookTimer);
    lookTimer = setTimeout(look, LOOK_AFTER);
    if (form.dataset.autosave) planSave();
  });
  // Whoever turns to another window may do something there about these very words.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && form.dataset.autosave) save();
  });
  // Only where they could not be saved: otherwise nothing is lost by leaving.
  addEventListener("beforeunload", (event) => {
    if (isRefused && !isLeaving && typed() !== kept) event.preventDefault();
  });

  // The buttons

  const addRow = async (button) => {
    const place = `rows-${button.value}`;
    const answer = await send("_row", button.value).catch(() => null);
    const page = answer && answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const fresh = page && page.getElementById(place);
    const old = document.getElementById(place);
    if (!fresh || !old) return form.requestSubmit(button); // as without script: the page says why
    old.replaceWith(fresh);
    const row = fresh.querySelector("li.row:last-of-type");
    row.querySelector("input, select, textarea").focus();
  };
  let isSent = false;
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.name === "_row" && !isSent) {
      event.preventDefault();
      isSent = true; // the next press of a button that gets no answer goes the way without script
      addRow(button).finally(() => (isSent = false));
      return;
    }
    clearTimeout(saveTimer);
    clearTimeout(lookTimer);
    if (saving) {
      // Two saves at once would look like two people: the second waits for what the first one saw.
      event.preventDefault();
      saving.finally(() => form.requestSubmit(button));
      return;
    }
    isLeaving = true;
  });
  // Back from the next page with the browser's own memory of this one.
  addEventListener("pageshow", () => (isLeaving = false));

  // Beside the body

  const insert = (text, from, length) => {
    body.focus();
    const start = body.selectionStart;
    // The old command alone lets the person take it back with the keys for that.
    if (!document.execCommand("insertText", false, text)) {
      body.setRangeText(text, start, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (length) body.setSelectionRange(start + from, start + from + length);
  };
  // At the beginning of a line, with an empty line before it.
  const gap = () => {
    const before = body.value.slice(0, body.selectionStart);
    return before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  };
  const inserts = {
    heading: () => insert(`${gap()}## Heading\n\n`, gap().length + 3, 7),
    table: () => insert(`${gap()}| Heading | Heading |\n| --- | --- |\n| Text | Text |\n\n`, gap().length + 2, 7),
    citation: () => {
      const key = document.getElementById("cite-key").value.trim() || "key";
      insert(`[^${key}]`, 2, key === "key" ? 3 : 0);
    },
  };
  const tools = document.getElementById("body-tools");
  if (tools && body) {
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const name = event.target.dataset.insert;
      if (name) inserts[name]();
    });
    // Enter means the citation here, and not the whole form.
    document.getElementById("cite-key").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      inserts.citation();
    });
  }
})();
