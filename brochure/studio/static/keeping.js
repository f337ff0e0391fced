/**
 * What was typed is also kept by this browser until it is saved, and offered again by the next
 * page. Each tab keeps its own, and holds a lock while it lives: so nobody is offered what another
 * tab is about to save.
 */

const PREFIX = "brochure";

/** What tabs keep of one leaflet. */
export class Keeping {
  #scope;
  #tab = "";

  constructor(project, leaflet) {
    this.#scope = `${PREFIX}:${project}:${leaflet}:`;
  }

  /** Begin: this tab has a name that no other living tab has. */
  async open() {
    const living = await this.#living();
    this.#tab = sessionStorage.getItem(this.#scope) ?? "";
    if (!this.#tab || living.has(this.#scope + this.#tab)) {
      this.#tab = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
      sessionStorage.setItem(this.#scope, this.#tab);
    }
    navigator.locks?.request(this.#scope + this.#tab, () => new Promise(() => {}));
  }

  /** Keep these changes instead of those before; none: nothing is to be kept. */
  keep(changes, base) {
    const key = this.#scope + this.#tab;
    try {
      if (!changes.length) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ changes, base, at: new Date().toISOString() }));
      return true;
    } catch {
      return false; // full, or forbidden
    }
  }

  /** What this tab kept before it was loaded again, or null. */
  own() {
    return this.#read(this.#scope + this.#tab);
  }

  /** What tabs kept that are closed: [{key, changes, base, at}], the newest first. */
  async left() {
    const living = await this.#living();
    const found = [];
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(this.#scope) || key === this.#scope + this.#tab) continue;
      const kept = living.has(key) ? null : this.#read(key);
      if (kept) found.push({ key, ...kept });
    }
    return found.sort((one, other) => other.at.localeCompare(one.at));
  }

  /** Forget what a closed tab kept. */
  forget(key) {
    localStorage.removeItem(key);
  }

  #read(key) {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? "null");
      return Array.isArray(kept?.changes) && kept.changes.length ? kept : null;
    } catch {
      return null;
    }
  }

  async #living() {
    const locks = (await navigator.locks?.query()) ?? { held: [] };
    return new Set(locks.held.map((lock) => lock.name));
  }
}
