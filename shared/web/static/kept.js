// What a patient does without a network: kept on this device, sent as soon as there is one.
//
// Every entry is an item of its own in the local storage, so that two tabs never write over each
// other. It has the id under which the server takes it once, whoever sends it and how often.

const CACHE = "hep-kept";
const KEPT = "/adherence/kept";
const CHOICE = "hep.kept";
const OUTBOX = "hep.outbox.";
const SAID = "hep.said";
const MARK_LETTERS = 16;
const SECONDS = 8;
const AMOUNTS = ["sets", "repetitions", "hold_seconds", "minutes", "load_kg"];
// The answers of each form that asks how it was.
const ANSWERS = { feeling: ["pain", "effort", "difficulty"], morning: ["next_morning"] };

const page = document.querySelector("[data-kept]");
const words = page ?? document.querySelector("[data-keep]");
const choice = words.querySelector("[data-choice]");
const say = (name) => words.querySelector(`template[data-say="${name}"]`).innerHTML;
const make = (tag, properties = {}, ...inside) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...inside);
  return made;
};
const keeps = () => localStorage.getItem(CHOICE) !== null;
// Two people who share a device are told apart by what their forms carry.
const mark = () => words.dataset.csrf.slice(0, MARK_LETTERS);

const tell = (name) => {
  const panel = words.querySelector("[data-panel]");
  panel.innerHTML = say(name);
  panel.className = `notice ${words.querySelector(`template[data-say="${name}"]`).dataset.kind}`;
  panel.hidden = false;
  panel.focus();
};

// What a page has left to say to the one that comes after it.
const leave = (name) => sessionStorage.setItem(SAID, name);
const lastWords = () => {
  const said = sessionStorage.getItem(SAID) ?? "";
  sessionStorage.removeItem(SAID);
  return said;
};

// --- The entries that were not sent yet ------------------------------------------------------

const outbox = () =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(OUTBOX))
    .map((name) => JSON.parse(localStorage.getItem(name)))
    .sort((one, other) => one.at - other.at);

const own = () => outbox().filter((one) => one.mark === mark());
const waiting = () => own().filter((one) => !one.refused);
const refused = () => own().filter((one) => one.refused);
const put = (entry) => localStorage.setItem(OUTBOX + entry.id, JSON.stringify(entry));
const remove = (entry) => localStorage.removeItem(OUTBOX + entry.id);

// A moment by this device's clock, with its offset.
const local = (moment) => {
  const minutes = -moment.getTimezoneOffset();
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (number) => String(number).padStart(2, "0");
  const shifted = new Date(moment.getTime() + minutes * 60000).toISOString().slice(0, 19);
  return `${shifted}${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
};
const today = () => local(new Date()).slice(0, 10);

// Sends one entry. Returns what became of it: sent, told before, refused and why, or not now.
const send = async (entry) => {
  const form = new FormData();
  form.set("csrf", words.dataset.csrf);
  form.set("key", entry.id);
  const entries = entry.body.entries.map(({ name, ...one }) => one);
  form.set("entry", JSON.stringify({ ...entry.body, entries, device_now: local(new Date()) }));
  const answer = await fetch(`/adherence/programs/${entry.program}/kept`, {
    method: "POST",
    body: form,
    signal: AbortSignal.timeout(SECONDS * 1000),
  });
  // Whoever is signed out is led to a page; this device says so.
  if (!answer.headers.get("content-type")?.startsWith("application/json")) return { away: answer.ok ? "signed-out" : "later" };
  const found = await answer.json();
  if (answer.ok) return { sent: found };
  if (answer.status >= 500 || answer.status === 429) return { away: "later" };
  return { refused: found };
};

// Sends what waits, in its order, in one tab at a time. Returns what there is to say of it: the name
// of a template, nothing where nothing was sent.
const sync = () =>
  navigator.locks.request("hep.sync", async () => {
    let said = "";
    for (const entry of waiting()) {
      const what = await send(entry).catch(() => ({ away: "offline" }));
      if (what.away) return what.away === "signed-out" ? what.away : said;
      if (what.refused && what.refused.slug !== "already-told") {
        put({ ...entry, refused: what.refused.reason });
        said ||= "refused";
        continue;
      }
      remove(entry);
      const moved = what.sent && what.sent.local_date !== entry.body.local_date;
      if (moved) said = "moved";
      else if (what.refused) said = "already";
      else said ||= "sent";
    }
    return said;
  });

// --- What is kept ----------------------------------------------------------------------------

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");
const programsOf = (found) => JSON.parse(found.querySelector("[data-kept]").dataset.kept).programs;

// Tells whether a therapist has changed a program since it was kept.
const isRevised = (before, now) =>
  programsOf(now).some((program) => {
    const earlier = programsOf(before).find((one) => one.program === program.program);
    return earlier && earlier.days.at(-1).revision < program.days.at(-1).revision;
  });

// Fetches the page anew, with all that it shows, and puts it where the worker finds it. Returns it,
// and whether a program was revised meanwhile; null where it cannot be had.
const refresh = async () => {
  const answer = await fetch(KEPT);
  if (!answer.ok || new URL(answer.url).pathname !== KEPT) return null;
  const text = await answer.text();
  const found = parsed(text);
  const cache = await caches.open(CACHE);
  const before = await cache.match(KEPT);
  const revised = before ? isRevised(parsed(await before.text()), found) : false;
  // A copy: what came by way of a renewed session may not answer for a page.
  await cache.put(KEPT, new Response(text, { headers: answer.headers }));
  const assets = [...found.querySelectorAll("link[rel=stylesheet], link[rel=icon], link[rel=manifest], script[src]")].map((one) => one.getAttribute("href") ?? one.getAttribute("src"));
  const shows = [...found.querySelectorAll("template")].flatMap((one) =>
    [...one.content.querySelectorAll("hep-follow")].flatMap((follow) => Object.values(JSON.parse(follow.dataset.figures))),
  );
  for (const address of new Set([...assets, ...shows])) {
    if (await cache.match(address)) continue;
    const part = await fetch(address);
    if (!part.ok) continue;
    await cache.put(address, part.clone());
    if (!shows.includes(address)) continue;
    const { moving } = await part.json();
    if (!(await cache.match(moving))) await cache.add(moving);
  }
  return { found, revised };
};

const forget = async () => {
  localStorage.removeItem(CHOICE);
  await caches.delete(CACHE);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
};

const keep = async () => {
  await navigator.serviceWorker.register(words.dataset.worker);
  await refresh();
  localStorage.setItem(CHOICE, "yes");
  await navigator.storage?.persist?.();
};

if (choice && navigator.serviceWorker && globalThis.caches) {
  const show = () => {
    choice.hidden = false;
    for (const part of choice.querySelectorAll("[data-when]")) part.hidden = (part.dataset.when === "kept") !== keeps();
  };
  choice.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    button.setAttribute("aria-disabled", "true");
    try {
      await (keeps() ? forget() : keep());
      choice.querySelector("[role=status]").innerHTML = say(keeps() ? "keeping" : "forgotten");
    } catch {
      await forget();
      choice.querySelector("[role=status]").innerHTML = say("cannot-keep");
    }
    button.removeAttribute("aria-disabled");
    show();
  });
  show();
}

// --- What was kept, read -----------------------------------------------------------------------

let shelf = null; // the page's part that holds it all
let kept = null;
const open = (part) => {
  shelf = part;
  kept = JSON.parse(part.dataset.kept);
};

const pathOf = (program, date) => `/adherence/programs/${program.program}/${date}`;
const keyOf = (program, day, exercise) => `${program.program}-${day.revision}-${exercise}`;
const nameOf = (program, day, exercise) =>
  shelf.querySelector(`template[data-of="card-${keyOf(program, day, exercise)}"]`).content.querySelector("h2").textContent.trim();
const dayOf = (program, date) => program.days.find((one) => one.day === date);
const mine = (program, date) =>
  waiting().filter((one) => one.program === program.program && one.body.local_date === date);

// How a date's exercise stands: as the server said, and what this device has kept since.
const stands = (program, day, item) => {
  const told = mine(program, day.day).flatMap(({ body }) => body.entries.map((one) => ({ ...one, kind: body.kind, mode: body.mode })));
  const own = told.filter((one) => one.exercise === item.exercise);
  const goes = own.filter((one) => one.done && (one.kind === "go" || item.state === "open")).length;
  const last = own.at(-1);
  const left = Math.max(0, item.left - goes);
  const state = !last ? item.state : !last.done ? "skipped" : left ? "partial" : last.mode === "edited" ? "partial" : "done";
  return { state, left, seen: item.goes + own.filter((one) => one.kind === "go").length, waits: own.length > 0 };
};

// Exercises of chosen days are asked for until they were done on as many days of the week.
const asks = (program, day, item) => {
  if (!item.asked || item.often === null) return item.asked;
  const alike = new Set(day.items.filter((one) => one.often === item.often).map((one) => one.exercise));
  const done = new Set();
  for (const [date, exercises] of Object.entries(program.done)) {
    if (date >= day.week && date < day.day && exercises.some((one) => alike.has(one))) done.add(date);
  }
  for (const other of program.days.filter((one) => one.week === day.week && one.day < day.day)) {
    if (other.items.some((one) => alike.has(one.exercise) && ["done", "partial"].includes(stands(program, other, one).state))) done.add(other.day);
  }
  return done.size < item.often;
};

// What a form's field holds: a number, nothing, or what cannot be, which is said beside it.
const number = (fields, name) => {
  const text = (fields.get(name) ?? "").trim().replace(",", ".");
  if (!text) return null;
  const [low, high] = kept.limits[name] ?? [0, 10];
  const value = Number(text);
  if (!(value >= low && value <= high) || (!["minutes", "load_kg"].includes(name) && !Number.isInteger(value))) {
    throw Object.assign(new Error(name), { field: name, low, high });
  }
  return value;
};
const numbers = (fields, names) => Object.fromEntries(names.map((name) => [name, number(fields, name)]));

// Turns a form, of this page or of another that had no network, into an entry.
const entryOf = (action, fields) => {
  const [, , , id, date, ...rest] = action.split("/");
  const program = kept.programs.find((one) => one.program === id);
  const day = dayOf(program, date);
  const item = (exercise) => day.items.find((found) => found.exercise === exercise);
  const one = (exercise, done, more = {}) => ({
    exercise,
    done,
    seen: stands(program, day, item(exercise)).seen,
    name: nameOf(program, day, exercise),
    ...more,
  });
  const body = { kind: "go", revision: day.revision, local_date: date, entries: [], mode: "as_prescribed", evidence: "tap" };
  // Of the day before, nobody knows at what time it was: noon, as on the other pages.
  body.occurred = date === today() ? local(new Date()) : local(new Date(`${date}T12:00`));
  if (rest[0] === "done") {
    const wanted = fields.get("exercise");
    if (wanted === "short") {
      body.mode = "edited";
      body.entries = day.short.map((few) => one(few.exercise, few.done));
    } else {
      const all = day.items.filter((found) => {
        const { left, state } = stands(program, day, found);
        return asks(program, day, found) && left && state !== "skipped";
      });
      const some = wanted === "all" ? all : [item(wanted)];
      body.entries = some.map((found) => one(found.exercise, found.dose));
    }
  } else if (rest[0] in ANSWERS) {
    body.kind = "change";
    Object.assign(body, numbers(fields, ANSWERS[rest[0]]), fields.has("note") && { note: fields.get("note") });
  } else if (rest[2] === "follow") {
    const done = numbers(fields, AMOUNTS);
    const same = AMOUNTS.every((part) => done[part] === item(rest[1]).dose[part]);
    Object.assign(body, { mode: same ? "as_prescribed" : "edited", evidence: fields.get("evidence") === "timed" ? "timed" : "tap" });
    body.entries = [one(rest[1], done)];
  } else {
    const left = fields.get("what") === "skipped";
    Object.assign(body, { kind: "change", mode: "edited" });
    body.entries = [one(rest[1], left ? null : numbers(fields, AMOUNTS), left ? { skipped: fields.get("skipped") || null } : {})];
  }
  // After all that was kept before, whatever the clock was set to since.
  const at = Math.max(Date.now(), ...outbox().map((one) => one.at + 1));
  return { id: crypto.randomUUID(), at, mark: mark(), program: id, body };
};

// Says beside a field what cannot be in it.
const complain = (form, wrong) => {
  const input = form.querySelector(`[name="${wrong.field}"]`);
  const field = input.closest(".field");
  field.classList.add("wrong");
  field.querySelector(".error")?.remove();
  const text = say("between").replace("LOW", wrong.low).replace("HIGH", wrong.high);
  input.closest(".joined").before(make("p", { className: "error", id: `${wrong.field}-error`, textContent: text }));
  input.setAttribute("aria-describedby", `${wrong.field}-error`);
  input.setAttribute("aria-invalid", "true");
  input.focus();
};

// Keeps what a form says. Returns the name of what there is to say of it.
const keptEntry = (action, fields) => {
  try {
    put(entryOf(action, fields));
    return "kept";
  } catch (fault) {
    if (fault.field) throw fault;
    return fault.name === "QuotaExceededError" ? "no-room" : "lost";
  }
};

// --- Forms of the other pages, when the network is gone ----------------------------------------

// What was sent and did not arrive is kept, as far as this device knew then. Whether it did arrive
// and only its answer was lost is not known: the server counts what it is told of twice once.
if (!page) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!keeps() || form.method !== "post" || !new URL(form.action).pathname.startsWith("/adherence/programs/")) return;
    event.preventDefault();
    const fields = new FormData(form, event.submitter);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), signal: AbortSignal.timeout(SECONDS * 1000) });
      if (answer.redirected) return location.assign(answer.url);
      // Something is wrong with what was typed: the page that says so comes as it always does.
      if (event.submitter?.name) form.append(make("input", { type: "hidden", name: event.submitter.name, value: event.submitter.value }));
      form.submit();
    } catch {
      const cached = await (await caches.open(CACHE)).match(KEPT);
      open(parsed(await cached.text()).querySelector("[data-kept]"));
      try {
        leave(keptEntry(new URL(form.action).pathname, fields));
        location.assign(KEPT);
      } catch (fault) {
        complain(form, fault);
      }
    }
  });
}

// --- The page that works without a network -----------------------------------------------------

if (page) {
  open(page);
  const view = page.querySelector("[data-view]");
  const long = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
  const copy = (name) => page.querySelector(`template[data-of="${name}"]`).content.cloneNode(true);
  const card = (program, day, item) => {
    const name = keyOf(program, day, item.exercise);
    const made = copy(`card-${name}`).firstElementChild;
    const { state, left, waits } = stands(program, day, item);
    made.querySelector("[name=exercise]").value = item.exercise;
    made.classList.remove("open");
    made.classList.add(state);
    made.querySelector("[data-state]").innerHTML = state === "open" ? "" : say(`state-${state}`) + (waits ? say("waits") : "");
    const form = made.querySelector("form");
    form.action = `${pathOf(program, day.day)}/done`;
    form.hidden = !(state === "open" || (state === "partial" && left));
    if (state !== "open") {
      form.querySelector("button span").innerHTML = say("again");
      const change = form.querySelector("a.quiet");
      change.innerHTML = say("change");
      made.querySelector("[data-state]").after(change);
    }
    // The exercise's other views: the address's hash names them.
    for (const link of made.querySelectorAll("a[href^='#']")) link.setAttribute("href", `${link.getAttribute("href")}/${name}/${day.day}`);
    return made;
  };

  const section = (program, date) => {
    const day = dayOf(program, date);
    const made = make("section", { className: "flow" });
    if (kept.programs.length > 1) made.append(make("h2", { textContent: program.title }));
    if (!day) {
      made.innerHTML += say("too-old");
      return made;
    }
    if (["ahead", "over", "paused"].includes(day.kind)) made.innerHTML += say(`kind-${day.kind}`);
    const may = !["ahead", "over"].includes(day.kind);
    const items = day.items.map((item) => ({ item, ...stands(program, day, item) }));
    const asked = items.filter(({ item, state }) => asks(program, day, item) || state !== "open");
    if (may && !asked.length && day.kind !== "paused") made.innerHTML += say("kind-off");
    made.append(make("div", { className: "cards" }, ...asked.map(({ item }) => card(program, day, item))));
    const others = items.filter((one) => !asked.includes(one));
    if (others.length) {
      const more = copy("others");
      more.querySelector(".cards").append(...others.map(({ item }) => card(program, day, item)));
      made.append(more);
    }
    for (const button of may ? [] : made.querySelectorAll("form, a[href^='#']")) button.hidden = true;
    const open = asked.filter(({ left, state }) => left && state !== "skipped");
    if (may && day.short.length && items.every(({ state }) => state === "open")) {
      const few = copy("short");
      few.querySelector("ul").append(
        ...day.short.map((one) => make("li", { textContent: nameOf(program, day, one.exercise) })),
      );
      few.querySelector("form").action = `${pathOf(program, date)}/done`;
      made.append(few);
    }
    if (may && open.length > 1) {
      const all = copy("all");
      if (items.some(({ state }) => state !== "open")) all.querySelector("button span").innerHTML = say("all-others");
      all.querySelector("form").action = `${pathOf(program, date)}/done`;
      made.append(all);
    }
    if (may && items.some(({ state }) => state !== "open")) {
      const link = copy("feel");
      link.querySelector("a").setAttribute("href", `#feeling/${program.program}/${day.day}`);
      made.append(link);
    }
    return made;
  };

  const pending = () => {
    const parts = waiting().length ? [make("p", { className: "strong", innerHTML: `${say("waiting")} ${waiting().length}` })] : [];
    for (const entry of refused()) {
      const part = copy("refused");
      part.querySelector("[data-reason]").textContent = entry.refused;
      part.querySelector("[data-about]").textContent = about(entry);
      part.querySelector("button").addEventListener("click", () => {
        remove(entry);
        draw();
      });
      parts.push(part);
    }
    return parts;
  };

  // An entry in words, for whoever has to tell it again: its date, and the exercises' names.
  const about = (entry) => {
    const names = entry.body.entries.map((one) => one.name);
    return [long.format(new Date(`${entry.body.local_date}T12:00`)), ...names].join(", ");
  };

  const yesterday = () => local(new Date(Date.now() - 86400000)).slice(0, 10);

  const list = () => {
    const date = location.hash === "#yesterday" ? yesterday() : today();
    const other = location.hash === "#yesterday" ? "to-today" : "to-yesterday";
    const said = long.format(new Date(`${date}T12:00`));
    view.replaceChildren(
      make("h1", { innerHTML: say(date === today() ? "today" : "yesterday"), tabIndex: -1 }),
      make("p", { textContent: `${said[0].toUpperCase()}${said.slice(1)}.` }),
      ...pending(),
      ...kept.programs.map((program) => section(program, date)),
      copy(other),
    );
  };

  // One exercise's timer or change, or how a session felt, as the address's hash names it.
  const detail = (what, name, date) => {
    const made = copy(what === "feeling" ? "feeling" : `${what}-${name}`);
    const program = kept.programs.find((one) => name.startsWith(one.program));
    const exercise = name.split("-").at(-1);
    const forms = { feeling: "feeling", change: `exercises/${exercise}`, follow: `exercises/${exercise}/follow` };
    view.replaceChildren(made, copy("back"));
    view.querySelector("form").action = `${pathOf(program, date)}/${forms[what]}`;
  };

  function draw() {
    const [what, name, date] = location.hash.slice(1).split("/");
    if (["feeling", "change", "follow"].includes(what)) detail(what, name, date);
    else list();
  }

  // Keeps what a form says, then sends what waits. What was not kept is said at once.
  const take = async (form, submitter) => {
    const action = new URL(form.action).pathname;
    let said;
    try {
      said = keptEntry(action, new FormData(form, submitter));
    } catch (fault) {
      if (!fault.field) throw fault;
      return complain(form, fault);
    }
    if (said === "kept" && location.hash.includes("/")) history.replaceState(null, "", action.split("/")[4] === today() ? "#" : "#yesterday");
    draw();
    tell(said);
    if (said === "kept") await exchange();
  };

  // Sends what waits, and takes over what the server says now. A view that is open stays as it is.
  const exchange = async () => {
    const said = await sync();
    const now = await refresh().catch(() => null);
    if (now) {
      const other = now.found.querySelector("[data-kept]");
      page.dataset.kept = other.dataset.kept;
      page.dataset.csrf = other.dataset.csrf;
      page.querySelector("[data-templates]").replaceWith(document.adoptNode(other.querySelector("[data-templates]")));
      open(page);
    }
    if (!location.hash.includes("/")) draw();
    if (now?.revised) tell("revised");
    else if (said) tell(said);
  };

  page.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    take(event.target, event.submitter);
  });
  addEventListener("hashchange", () => {
    draw();
    view.querySelector("h1").focus();
  });
  addEventListener("online", () => exchange());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && exchange());
  if (keeps()) {
    page.querySelector("[data-without]").hidden = true;
    page.querySelector("[data-alive]").hidden = false;
    draw();
    const said = lastWords();
    if (said) tell(said);
    exchange();
  }
} else if (keeps()) {
  const said = lastWords() || (refused().length ? "refused" : "");
  if (said) tell(said);
  // On start, and after each page that saved something: send what waits, keep what is new.
  const did = await sync();
  const now = await refresh().catch(() => null);
  const news = now?.revised ? "revised" : did;
  if (news) {
    leave(news);
    location.reload();
  }
}
