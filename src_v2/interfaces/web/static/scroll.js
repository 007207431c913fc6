// Keeps the newest text in view, but only for someone who is reading there.

const NEAR_PX = 60;

export function keepAtBottom(scroller, content, button) {
  let stuck = true;
  const toEnd = () => (scroller.scrollTop = scroller.scrollHeight);
  const gap = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  const update = () => {
    if (stuck) toEnd();
    button.hidden = stuck || gap() <= NEAR_PX;
  };
  const stick = () => {
    stuck = true;
    update();
  };
  let top = 0;
  scroller.addEventListener("scroll", () => {
    const movedUp = scroller.scrollTop < top; // growing text also makes a gap; only a person goes up
    top = scroller.scrollTop;
    if (movedUp || gap() <= NEAR_PX) stuck = gap() <= NEAR_PX;
    button.hidden = stuck;
  }, { passive: true });
  const watch = new ResizeObserver(update);
  watch.observe(scroller);
  watch.observe(content);
  button.addEventListener("click", stick);
  return { stick };
}
