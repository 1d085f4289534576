// The HTML part of a mail stands in a frame of its own and is asked for by a button; with scripts it comes by itself.
document.querySelector("[data-press-at-load]")?.click();
