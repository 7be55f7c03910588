// SPDX-License-Identifier: Apache-2.0

/**
 * Finds out that nobody is at the other end. What was heard is looked at once in an interval, so that
 * a busy socket costs no timers: a silent one gets a PING after one interval or two.
 */
export class Liveness {
  #timeout;
  #ping;
  #giveUp;
  #heard = true;
  #watch;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;

  /**
   * @param {{ interval: number, timeout: number }} millis how long silence may last, and then the
   *     answer to a PING
   * @param {() => void} ping
   * @param {() => void} giveUp
   */
  constructor({ interval, timeout }, ping, giveUp) {
    this.#timeout = timeout;
    this.#ping = ping;
    this.#giveUp = giveUp;
    this.#watch = setInterval(() => this.#look(), interval);
    // In Node, the socket keeps the process running, not the watch over it.
    /** @type {{ unref?: () => void }} */ (this.#watch).unref?.();
  }

  /** To be called for whatever comes. */
  heard() {
    this.#heard = true;
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  stop() {
    clearInterval(this.#watch);
    clearTimeout(this.#patience);
  }

  #look() {
    if (!this.#heard && this.#patience === undefined) {
      this.#patience = setTimeout(() => this.#giveUp(), this.#timeout);
      this.#ping();
    }
    this.#heard = false;
  }
}
