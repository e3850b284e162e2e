/**
 * Filters the cards of the cases index. Without scripts the form stays hidden and all cards show.
 * The state is in the address (`?track=deployment&level=senior`), so that a link carries it.
 */
class CaseFilter extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.cards = [...this.querySelectorAll(".card")];
    this.count = this.querySelector(".filters__count");
    this.none = this.querySelector(".filters__none");
    if (!this.form) return;
    this.form.hidden = false;
    this.read();
    this.form.addEventListener("change", () => this.write());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.clear();
    });
    this.none.querySelector("button").addEventListener("click", () => this.clear());
    this.follow = () => this.read();
    window.addEventListener("popstate", this.follow);
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this.follow);
  }

  get fields() {
    return [...this.form.elements].filter((element) => element.name);
  }

  clear() {
    for (const field of this.fields) field.value = "";
    this.write();
    this.fields[0].focus();
  }

  /** Takes the state from the address; a value that is no choice counts as none. */
  read() {
    const state = new URLSearchParams(location.search);
    for (const field of this.fields) {
      const wanted = state.get(field.name) ?? "";
      field.value = [...field.options].some((option) => option.value === wanted) ? wanted : "";
    }
    this.apply();
  }

  write() {
    const state = new URLSearchParams(location.search);
    for (const field of this.fields) {
      if (field.value) state.set(field.name, field.value);
      else state.delete(field.name);
    }
    const query = state.toString();
    history.pushState(history.state, "", query ? `?${query}` : location.pathname);
    this.apply();
  }

  apply() {
    const wanted = this.fields.filter((field) => field.value);
    let shown = 0;
    for (const card of this.cards) {
      const fits = wanted.every((field) => card.dataset[field.name].split(" ").includes(field.value));
      card.hidden = !fits;
      shown += fits;
    }
    this.count.textContent = wanted.length ? `${shown} of ${this.cards.length} cases` : `${shown} cases`;
    this.none.hidden = shown > 0;
  }
}

customElements.define("case-filter", CaseFilter);
