// Leads through one exercise: into position, repetitions or time, rest, the other side. It shows
// and says what is next, keeps the screen awake, and fills in what was done. Nothing runs until
// somebody presses Start; out of sight it waits. Needs figure.js.

const spoken = document.documentElement.lang;
const VOICE = "voice";

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.ceil(seconds) % 60).padStart(2, "0")}`;

const begin = async (whole) => {
  const part = (name) => whole.querySelector(`[data-${name}]`);
  const player = part("player");
  const steps = JSON.parse(whole.dataset.steps);
  const dose = JSON.parse(whole.dataset.dose);
  const figures = JSON.parse(whole.dataset.figures);
  const told = part("told");
  const field = (name) => told.querySelector(`[name="${name}"]`);
  const shown = new Map(); // what a figure says of each side
  const done = steps.map(() => 0); // repetitions of each step, else its seconds
  let index = 0;
  let time = 0; // seconds of this step
  let running = false;
  let before = null;
  let cue = "";
  let awake = null;

  const lengthOf = (phases) => phases.reduce((sum, phase) => sum + phase.seconds + phase.hold, 0);

  // The phases of one repetition: as the figure moves, in the dose's tempo and with its hold.
  const phasesOf = (step) => {
    const own = shown.get(step.side)?.phases ?? [];
    if (!own.length) return [{ words: step.words, seconds: step.seconds ?? Number(whole.dataset.pace), hold: step.hold ?? 0 }];
    const faster = step.kind === "move" && step.seconds ? step.seconds / lengthOf(own) : 1;
    const phases = own.map((phase) => ({ ...phase, seconds: phase.seconds * faster, hold: step.hold ? phase.hold : phase.hold * faster }));
    // A figure that holds nowhere holds where it is furthest: before the way back.
    if (step.hold && phases.every((phase) => !phase.hold)) phases.at(phases.length > 1 ? -2 : -1).hold = step.hold;
    return phases;
  };
  const secondsOf = (step) => (step.kind === "move" ? lengthOf(phasesOf(step)) * step.repetitions : step.seconds);

  const say = (words) => {
    if (part("voice").getAttribute("aria-pressed") !== "true" || !globalThis.speechSynthesis) return;
    const sentence = new SpeechSynthesisUtterance(words);
    sentence.lang = spoken;
    speechSynthesis.cancel();
    speechSynthesis.speak(sentence);
  };

  // What is told once, when it begins: in writing for a screen reader, and by voice.
  const tell = (what, words, silent = false) => {
    if (cue === what) return;
    cue = what;
    if (!silent) part("said").textContent = words;
    say(words);
  };

  const show = () => {
    const step = steps[index];
    const left = step.kind === "move" ? 0 : Math.max(0, step.seconds - time);
    part("where").textContent = step.where;
    if (step.kind !== "move") {
      const phases = phasesOf(step);
      if (step.kind === "time") part("stage").pose(phases, time % lengthOf(phases));
      part("words").textContent = step.words;
      part("big").textContent = step.kind === "time" ? clock(left) : Math.ceil(left);
      if (running) tell(`${index}`, [step.words, step.where].filter(Boolean).join(". "));
      return;
    }
    const phases = phasesOf(step);
    const length = lengthOf(phases);
    const number = Math.min(step.repetitions - 1, Math.floor(time / length));
    const { phase, left: held } = part("stage").pose(phases, time - number * length);
    const holding = held !== null && step.hold > 0;
    part("words").textContent = phase.words;
    part("big").textContent = holding ? Math.ceil(held) : number + 1;
    part("big").classList.toggle("holding", holding);
    if (holding) part("words").textContent = whole.dataset.hold;
    if (!running) return;
    // Every repetition is said aloud; in writing only its set, or a screen reader never rests.
    tell(`${index} ${number} ${holding}`, holding ? `${whole.dataset.hold} ${step.hold}` : String(number + 1), true);
  };

  const stayAwake = async () => {
    awake ??= await navigator.wakeLock?.request("screen").catch(() => null);
    awake?.addEventListener("release", () => { awake = null; }, { once: true });
  };

  const set = (runs) => {
    running = runs;
    before = null;
    for (const words of whole.querySelectorAll("[data-when]")) words.hidden = (words.dataset.when === "running") !== runs;
    if (runs) {
      stayAwake();
      requestAnimationFrame(tick);
    } else {
      awake?.release();
      globalThis.speechSynthesis?.cancel();
    }
  };

  const note = () => {
    const step = steps[index];
    if (step.kind === "time") done[index] = Math.min(step.seconds, time);
    if (step.kind !== "move") return;
    const phases = phasesOf(step);
    // Of a single hold the seconds that it was held, of repetitions the whole ones.
    if (dose.repetitions) done[index] = Math.min(step.repetitions, Math.floor(time / lengthOf(phases) + 1e-6));
    else done[index] = Math.round(Math.min(step.hold, Math.max(0, time - phases[0].seconds)));
  };

  const next = () => {
    index += 1;
    time = 0;
    if (index === steps.length) finish();
    else if (steps[index].side !== steps[index - 1].side) load(steps[index].side);
  };

  const tick = (now) => {
    if (!running) return;
    time += Math.min(0.25, (now - (before ?? now)) / 1000);
    before = now;
    if (time >= secondsOf(steps[index])) {
      note();
      next();
    }
    if (!running) return;
    show();
    requestAnimationFrame(tick);
  };

  // What all sets have in common stands by sets; what differs is one sum, as a session tells it.
  const fill = () => {
    const unit = dose.repetitions ? "repetitions" : dose.minutes ? "minutes" : "hold_seconds";
    const asked = unit === "minutes" ? dose.minutes * 60 : dose[unit];
    const sets = new Map();
    steps.forEach((step, number) => {
      if (step.kind !== "move" && step.kind !== "time") return;
      sets.set(step.set, Math.min(sets.get(step.set) ?? Infinity, done[number]));
    });
    const amounts = [...sets.values()].filter(Boolean);
    const alike = amounts.every((amount) => amount === asked);
    const sum = amounts.reduce((all, amount) => all + amount, 0);
    const amount = alike && amounts.length ? asked : sum;
    if (field("sets")) field("sets").value = alike && dose.sets ? amounts.length || "" : "";
    field(unit).value = unit === "minutes" ? Math.round(amount / 6) / 10 : amount;
    field("evidence").value = sum ? "timed" : "tap";
  };

  const finish = () => {
    set(false);
    player.hidden = true;
    told.hidden = false;
    fill();
    told.querySelector("h2").focus();
    say(whole.dataset.done);
  };

  const load = async (side) => {
    if (!figures[side]) return;
    try {
      if (!shown.has(side)) shown.set(side, await (await fetch(figures[side])).json());
      await part("stage").load(shown.get(side).moving);
    } catch {
      // The words and the timer lead as well.
      shown.delete(side);
    }
  };

  part("play").addEventListener("click", () => set(!running));
  part("next").addEventListener("click", () => {
    note();
    next();
    if (index < steps.length) show();
  });
  part("enough").addEventListener("click", () => {
    note();
    finish();
  });
  part("voice").addEventListener("click", () => {
    const wanted = part("voice").getAttribute("aria-pressed") !== "true";
    part("voice").setAttribute("aria-pressed", String(wanted));
    localStorage.setItem(VOICE, wanted ? "on" : "off");
    if (!wanted) globalThis.speechSynthesis?.cancel();
  });
  document.addEventListener("visibilitychange", () => {
    if (running && document.visibilityState === "visible") stayAwake();
  });
  // What is changed by hand is what the patient says, not what a timer saw.
  told.addEventListener("input", () => { field("evidence").value = "tap"; });
  part("voice").setAttribute("aria-pressed", String(localStorage.getItem(VOICE) !== "off"));
  part("without").hidden = true;
  // A form that came back with an error stays in sight.
  if ("waits" in whole.dataset) return;
  told.hidden = true;
  player.hidden = false;
  await load(steps[0].side);
  show();
};

customElements.define("hep-follow", class extends HTMLElement {
  connectedCallback() { begin(this); }
});
