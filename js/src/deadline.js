// SPDX-License-Identifier: Apache-2.0

/** The grpc specification allows eight digits. */
const MAX_DIGITS_VALUE = 99_999_999;

/** Units of `grpc-timeout` and their length in milliseconds, the finest first. */
const UNITS = /** @type {const} */ ([
  ['m', 1],
  ['S', 1_000],
  ['M', 60_000],
  ['H', 3_600_000],
]);

/** The longest delay that timers can count; a longer one would fire at once. */
const MAX_TIMER_DELAY = 0x7fffffff;

/**
 * @param {string | null} deadline milliseconds since the epoch, as the metadata key `deadline` holds it
 * @param {number} now
 * @returns {number | null} milliseconds left, 0 for a deadline in the past, null for none: not given,
 *     not a number, zero or infinite
 */
export function timeLeft(deadline, now) {
  const time = Number(deadline);
  return time > 0 && time < Infinity ? Math.max(0, Math.ceil(time - now)) : null;
}

/**
 * @param {number} millis
 * @returns {string} the value of `grpc-timeout`, rounded up where eight digits need a coarser unit
 */
export function formatTimeout(millis) {
  const fitting = UNITS.find(([, length]) => Math.ceil(millis / length) <= MAX_DIGITS_VALUE);
  const [unit, length] = fitting ?? UNITS[UNITS.length - 1];
  return Math.min(Math.ceil(millis / length), MAX_DIGITS_VALUE) + unit;
}

/**
 * @param {number} millis any length
 * @param {() => void} action
 * @returns {() => void} stops the timer
 */
export function startTimer(millis, action) {
  const delay = Math.min(millis, MAX_TIMER_DELAY);
  let stop = () => {};
  const timer = setTimeout(() => {
    if (millis > delay) {
      stop = startTimer(millis - delay, action);
    } else {
      action();
    }
  }, delay);
  stop = () => clearTimeout(timer);
  return () => stop();
}
