// Searches and filters the cards of a page. Without it every card is shown and nothing else is missing.
"use strict";
const form = document.querySelector(".finder");
if (form) {
  const cards = [...document.querySelectorAll(".tile")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const status = form.querySelector("[role=status]");
  const nothing = document.querySelector(".nothing");
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  const fits = (card, words, chosen) =>
    words.every((word) => card.dataset.words.includes(word)) &&
    chosen.every(([name, value]) => (card.dataset[name] || "").split(name === "country" ? ", " : "\n").includes(value));

  const show = () => {
    const given = new FormData(form);
    const words = plain(given.get("words")).split(/\s+/).filter(Boolean);
    const chosen = [...given].filter(([name, value]) => name !== "words" && value);
    let shown = 0;
    for (const card of cards) {
      card.hidden = !fits(card, words, chosen);
      shown += !card.hidden;
    }
    for (const group of groups) group.hidden = !group.querySelector(".tile:not([hidden])");
    nothing.hidden = shown > 0;
    status.textContent = form.dataset.found.replace("{shown}", shown).replace("{total}", cards.length);
  };

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
}
