// What one thinks of a reply: thumbs up and down below it. Draws and asks; keeping it is the caller's business.

const THUMB =
  "M7.5 11v9h-3v-9zM7.5 11l3.6-7.6c1.7 0 2.7 1.3 2.3 3L12.7 9.6h5.9a2 2 0 0 1 2 2.3l-1 6.4A2 2 0 0 1 17.6 20H7.5";
const WORDS = { up: "I like this reply", down: "I don't like this reply" };
const SVG = "http://www.w3.org/2000/svg";

export class Marks {
  // `onMark` takes "up", "down" or "" (taken back) and rejects when that could not be kept.
  constructor(mark, onMark) {
    this.onMark = onMark;
    this.node = document.createElement("span");
    this.node.className = "marks";
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", "What you think of this reply");
    this.buttons = Object.keys(WORDS).map((which) => this.thumb(which));
    this.problem = document.createElement("span");
    this.node.append(...this.buttons, this.problem);
    this.show(mark);
  }

  thumb(which) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `mark ${which}`;
    button.dataset.mark = which;
    button.title = WORDS[which];
    button.setAttribute("aria-label", WORDS[which]);
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", "0 0 24 24");
    picture.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", THUMB);
    picture.append(path);
    button.append(picture);
    button.addEventListener("click", () => this.press(which));
    return button;
  }

  show(mark, problem = "") {
    this.mark = mark;
    this.problem.textContent = problem;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.mark === mark));
  }

  async press(which) {
    if (this.asking) return;
    const before = this.mark;
    this.show(before === which ? "" : which);
    this.asking = true;
    try {
      await this.onMark(this.mark);
    } catch (error) {
      this.show(before, error.message);
    } finally {
      this.asking = false;
    }
  }
}
