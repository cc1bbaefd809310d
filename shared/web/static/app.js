// Small comforts. Every page works without them.

// Who signs out while this device keeps what was not sent yet (kept.js) is asked first.
document.querySelector("form[data-leaves]")?.addEventListener("submit", (event) => {
  const unsent = Object.keys(localStorage).some((name) => name.startsWith("hep.outbox."));
  if (unsent && !confirm(event.target.dataset.leaves)) event.preventDefault();
});

// A form is sent once. The button stays enabled: a disabled one would not post its name and value.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

// Back in the browser's history, the same form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  }
});

// The secret of a link stands behind the "#", which no server sees: it is sent by the button alone.
for (const part of document.querySelectorAll("[data-secret]")) {
  const secret = location.hash.slice(1);
  part.querySelector("input").value = secret;
  part.hidden = Boolean(secret);
}

// A sheet is printed by a button where there is a printer's dialogue.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A text is copied by a button; without one it is selected by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    if (!navigator.clipboard) return;
    await navigator.clipboard.writeText(text.value);
    button.firstElementChild.textContent = button.nextElementSibling.textContent = button.dataset.done;
  });
}

// Errors are read first.
document.querySelector(".error-summary")?.focus();

// The chosen one of a long list is in sight.
document.querySelector(".sides .list [aria-current]")?.scrollIntoView({ block: "nearest" });

// Times in the reader's own zone and language.
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[data-local]")) {
  time.textContent = clock.format(new Date(time.dateTime));
}

// Rows of doses: add from the template, remove; numbers are never used twice.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const template = rows.querySelector("template");
  let next = rows.querySelectorAll("[data-row]").length;
  const recount = () => rows.querySelectorAll("[data-count]").forEach((count, index) => { count.textContent = index + 1; });
  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-remove]");
    if (!button) return;
    event.preventDefault();
    if ("add" in button.dataset) {
      template.insertAdjacentHTML("beforebegin", template.innerHTML.replaceAll("__n__", next++));
      template.previousElementSibling.querySelector("select").focus();
    } else {
      button.closest("[data-row]").remove();
      rows.querySelector("[data-add]").focus();
    }
    recount();
  });
}

// Shortcuts of one letter, listed on "?"; they can be turned off and never act inside a field.
const dialog = document.querySelector("dialog.shortcuts");
if (dialog) {
  const use = dialog.querySelector("[data-use-keys]");
  const open = document.querySelector("[data-shortcuts]");
  use.checked = localStorage.getItem("keys") !== "off";
  use.addEventListener("change", () => localStorage.setItem("keys", use.checked ? "on" : "off"));
  const targets = new Map();
  for (const target of document.querySelectorAll("[data-key]")) {
    if (targets.has(target.dataset.key)) continue;
    targets.set(target.dataset.key, target);
    const line = dialog.querySelector("dl > div").cloneNode(true);
    line.querySelector("kbd").textContent = target.dataset.key;
    line.querySelector("dd").textContent = target.labels?.[0]?.textContent ?? target.textContent.trim();
    dialog.querySelector("dl").append(line);
  }
  open.hidden = false;
  open.addEventListener("click", () => dialog.showModal());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !use.checked) return;
    if (event.key === "?") return dialog.showModal();
    const target = targets.get(event.key);
    if (!target) return;
    event.preventDefault();
    target.matches("input") ? target.focus() : target.click();
  });
}
