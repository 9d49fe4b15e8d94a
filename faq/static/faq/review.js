// Comfort alone: how many sentences are still to be ticked, and a sentence opens what stands beside it.
"use strict";

const form = document.querySelector("form.review");
const told = form && form.querySelector(".checks");

function tell() {
  for (const box of form.querySelectorAll('input[name="checked"]')) {
    box.closest("details").querySelector(".mark").textContent = box.checked ? "Ticked" : "To check";
  }
  const left = form.querySelectorAll('input[name="checked"]:not(:checked)').length;
  told.textContent = left ? `${left} of ${told.dataset.wanted} sentences still to be ticked` : "Every sentence is ticked";
}

if (told) {
  form.addEventListener("change", tell);
  tell();
}

// A link to a check leads to something closed, and one from the text may lead to the middle of a long note.
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  const note = target && target.closest("details.note");
  if (note) note.open = true;
  const folded = target && target.closest(".unchanged");
  const whole = document.getElementById("whole-text");
  if (folded && whole) whole.checked = true;
}

addEventListener("hashchange", openTarget);
openTarget();

document.addEventListener("click", (event) => {
  const sentence = event.target.closest(".statement");
  if (!sentence || event.target.closest("a")) return;
  const first = sentence.id || [...document.querySelectorAll(".statement[id]")].filter((each) => each.compareDocumentPosition(sentence) & 4).pop().id;
  const note = document.getElementById(first.replace("statement", "check"));
  if (note) note.open = !note.open;
});
