// Words that are not saved yet, kept in this browser for the person who typed them: after a crash they come back.
// Hospitals share computers. So each is sealed (AES-GCM) with a key that the server gives to its author alone, is removed the
// moment it is saved, when its author signs out, and after a week at the latest (session.js).
(function () {
  const PREFIX = "unsaved:";

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  function text(buffer) {
    let letters = "";
    for (const byte of new Uint8Array(buffer)) letters += String.fromCharCode(byte);
    return btoa(letters);
  }

  function names() {
    try {
      return Object.keys(localStorage);
    } catch {
      return [];
    }
  }

  // Everything is optional: without storage, or without a secure connection, words wait in the page alone.
  window.unsavedWords = function (who, key, page) {
    const start = PREFIX + who + ":" + page + ":";
    const mine = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
    const sealing = crypto.subtle
      ? crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"])
      : Promise.reject(new Error("no secure connection"));
    sealing.catch(() => {});
    const newest = {}; // by field: the number of its last change, so that a slow write does not undo a removal

    // ``typedAt``: of its last key.
    async function keep(name, entry, typedAt) {
      const number = (newest[name] = (newest[name] || 0) + 1);
      try {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const plain = new TextEncoder().encode(JSON.stringify(entry));
        const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealing, plain);
        if (newest[name] !== number) return;
        localStorage.setItem(start + name, JSON.stringify({ at: Date.now(), typedAt, window: mine, iv: text(iv), sealed: text(sealed) }));
      } catch {
        // Full or forbidden: the page still has them.
      }
    }

    // What another window of the same person has put there goes only where its last key is no later than ``typedUntil``.
    function drop(name, { typedUntil = 0 } = {}) {
      newest[name] = (newest[name] || 0) + 1;
      try {
        const found = JSON.parse(localStorage.getItem(start + name) || "null");
        if (found && (found.window === mine || (found.typedAt || 0) <= typedUntil)) localStorage.removeItem(start + name);
      } catch {
        // As above.
      }
    }

    async function all() {
      const found = {};
      const kept = names().filter((one) => one.startsWith(start)).map((name) => [name, localStorage.getItem(name)]);
      for (const [name, content] of kept) {
        try {
          const { at, iv, sealed } = JSON.parse(content);
          const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, await sealing, bytes(sealed));
          found[name.slice(start.length)] = { at, ...JSON.parse(new TextDecoder().decode(plain)) };
        } catch {
          // What cannot be opened is not ours.
        }
      }
      return found;
    }

    return { keep, drop, all };
  };
})();
