// Leaving the page: what was typed last is saved first, and what cannot be saved is asked about (autosave.js).
(function () {
  class Leaving {
    constructor(keeper) {
      this.keeper = keeper;
      this.isSure = false;
      document.addEventListener("submit", (event) => this.beforeSubmit(event), true);
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") keeper.hurry({ isLast: true });
        else keeper.again();
      });
      window.addEventListener("pagehide", () => keeper.hurry({ isLast: true }));
      window.addEventListener("beforeunload", (event) => {
        if (!this.isSure && keeper.isStuck && keeper.isDirty) event.preventDefault();
      });
      window.addEventListener("pageshow", () => { this.isSure = false; });
    }

    async beforeSubmit(event) {
      const { keeper } = this, form = event.target;
      if (this.isSure || event.defaultPrevented || form.closest("dialog")) return;
      if (!keeper.running && !keeper.fields.some((field) => field.isToSend)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      if (keeper.running) await keeper.running;
      keeper.hurry();
      if (keeper.running) await keeper.running;
      if (form === keeper.form && (keeper.failures || keeper.stopped)) return keeper.status.bringIntoView();
      this.isSure = true;
      form.requestSubmit(submitter);
    }
  }

  window.savedLeaving = { Leaving };
})();
