// Plays a moving picture: a figure that shows an exercise. Without it the stills below say the same.
//
// The picture holds one second for each phase, from one key pose to the next. It never runs by
// itself: its time is set from outside, and so come speed, holds and the counter.

const ease = (share) => share * share * (3 - 2 * share);
const still = matchMedia("(prefers-reduced-motion: reduce)");

class Figure extends HTMLElement {
  // Loads a picture, in the place of whatever was shown.
  async load(address) {
    if (this.dataset.shows === address) return;
    const answer = await fetch(address);
    if (answer.status !== 200) throw new Error(answer.statusText);
    const found = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    this.picture = document.adoptNode(found.documentElement);
    this.dataset.shows = address;
    this.replaceChildren(this.picture);
    this.hidden = false;
    this.picture.pauseAnimations();
  }

  // Shows the pose of a moment of a repetition, in seconds. Returns its phase, and for how many
  // seconds the pose is still held: null while the figure moves.
  pose(phases, time) {
    let start = 0;
    let index = 0;
    while (index < phases.length - 1 && time >= start + phases[index].seconds + phases[index].hold) {
      start += phases[index].seconds + phases[index].hold;
      index += 1;
    }
    const phase = phases[index];
    const held = time - start - phase.seconds;
    this.picture?.setCurrentTime(index + ease(Math.min(1, (time - start) / phase.seconds)));
    return { phase, left: phase.hold && held >= 0 ? Math.max(0, phase.hold - held) : null };
  }
}
customElements.define("hep-figure", Figure);

for (const player of document.querySelectorAll("[data-moving]")) {
  const part = (name) => player.querySelector(`[data-${name}]`);
  const phases = JSON.parse(player.dataset.phases);
  const most = Number(player.dataset.repetitions ?? Infinity);
  const length = phases.reduce((sum, phase) => sum + phase.seconds + phase.hold, 0);
  let loading = null;
  let running = false;
  let time = 0; // seconds of this repetition
  let done = 0; // repetitions
  let before = null;

  const pressed = (name) => part(name).getAttribute("aria-pressed") === "true";

  const show = () => {
    const { phase, left } = part("stage").pose(phases, time);
    part("caption").textContent = phase.words;
    part("count").textContent = done;
    part("holding").hidden = left === null;
    part("seconds").textContent = Math.ceil(left ?? phase.hold);
  };

  const set = (runs) => {
    running = runs;
    before = null;
    for (const words of player.querySelectorAll("[data-when]")) {
      words.hidden = (words.dataset.when === "running") !== runs;
    }
    if (runs) requestAnimationFrame(step);
  };

  const step = (now) => {
    if (!running) return;
    // A page that was out of sight goes on where it was.
    const passed = Math.min(0.25, (now - (before ?? now)) / 1000);
    before = now;
    time += pressed("slow") ? passed / 2 : passed;
    if (time >= length) {
      done += 1;
      time = pressed("loop") && done < most ? time - length : 0;
      if (time === 0) {
        set(false);
        part("said").textContent = `${part("count").previousSibling.textContent.trim()} ${done}`;
      }
    }
    show();
    if (running) requestAnimationFrame(step);
  };

  const play = async () => {
    loading ??= part("stage").load(player.dataset.moving);
    try {
      await loading;
    } catch {
      loading = null;
      part("caption").textContent = player.dataset.away;
      return;
    }
    if (done >= most) done = 0;
    set(true);
  };

  part("play").addEventListener("click", () => (running ? set(false) : play()));
  part("again").addEventListener("click", () => {
    time = 0;
    done = 0;
    if (part("stage").picture) show();
  });
  for (const name of ["slow", "loop"]) {
    part(name).addEventListener("click", () => part(name).setAttribute("aria-pressed", String(!pressed(name))));
  }
  player.hidden = false;
  if (!still.matches && !("waits" in player.dataset)) play();
}
