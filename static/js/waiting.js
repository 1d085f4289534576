// A page that waits for something that is being made looks by itself, more rarely as time goes by, and shows what has become of
// it in the same place. Without this script the reader presses “Look again”.
(function () {
  const PAUSES = [1, 1, 2, 2, 3, 5, 5, 10];
  const LONGEST = 15;
  const MOST_LOOKS = 60;

  async function look() {
    const options = { credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(15000) };
    const response = await fetch(location.href, options);
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-waiting]");
  }

  function watch(box, looks) {
    if (looks >= MOST_LOOKS) return;
    setTimeout(async () => {
      let found = null;
      try {
        found = await look();
      } catch {
        // Away, or signed out: what stands there stays, and the next look may tell more.
      }
      if (found && found.dataset.waiting !== "yes") {
        box.dataset.waiting = "no";
        box.replaceChildren(...found.childNodes);
      } else {
        watch(box, looks + 1);
      }
    }, (PAUSES[looks] || LONGEST) * 1000);
  }

  const box = document.querySelector("[data-waiting=yes]");
  if (box) watch(box, 0);
})();
