// Saves a draft while it is made, and shows what it weighs now. Without it the buttons do the same.

const WAIT = 600;
const builder = document.querySelector("[data-builder]");
if (builder) {
  const form = builder.closest("form");
  const weight = builder.querySelector("[data-weight]");
  let timer = 0;
  let asked = 0;

  const save = async () => {
    const mine = ++asked;
    const body = new URLSearchParams(new FormData(form));
    body.set("save", "quiet");
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok || mine !== asked) return;
    const text = await answer.text();
    // What somebody types in right now stays: it is drawn anew with the next change.
    if (!weight.contains(document.activeElement)) weight.innerHTML = text;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  };

  form.addEventListener("input", later);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asked++;
  });
  // A row that went without a field having changed is a change too.
  new MutationObserver(later).observe(form.querySelector("[data-rows]"), { childList: true });
}
