// SPDX-License-Identifier: Apache-2.0

/**
 * The status codes of gRPC, by name.
 *
 * @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html
 */
export const StatusCode = Object.freeze({
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
});

/**
 * How a call ended.
 *
 * @typedef {object} Status
 * @property {number} code
 * @property {string} details
 * @property {import('./metadata.js').Metadata} metadata
 */

const NAMES = Object.keys(StatusCode);

const HIGHEST_CODE = StatusCode.UNAUTHENTICATED;

/** The table of the official client, which applications were written against. */
const BY_HTTP_STATUS = new Map([
  [200, StatusCode.OK],
  [400, StatusCode.INVALID_ARGUMENT],
  [401, StatusCode.UNAUTHENTICATED],
  [403, StatusCode.PERMISSION_DENIED],
  [404, StatusCode.NOT_FOUND],
  [409, StatusCode.ABORTED],
  [412, StatusCode.FAILED_PRECONDITION],
  [429, StatusCode.RESOURCE_EXHAUSTED],
  [499, StatusCode.CANCELLED],
  [500, StatusCode.UNKNOWN],
  [501, StatusCode.UNIMPLEMENTED],
  [503, StatusCode.UNAVAILABLE],
  [504, StatusCode.DEADLINE_EXCEEDED],
]);

/**
 * @param {number} httpStatus
 * @returns {number}
 */
export function fromHttpStatus(httpStatus) {
  return BY_HTTP_STATUS.get(httpStatus) ?? StatusCode.UNKNOWN;
}

/**
 * @param {number} code
 * @returns {string} the name, empty for a number that is no status code
 */
export function statusCodeName(code) {
  return NAMES.find((name) => StatusCode[/** @type {keyof typeof StatusCode} */ (name)] === code) ?? '';
}

/**
 * Reads the text of a `grpc-status` field. Anything but a known code is UNKNOWN, as in every gRPC
 * client: a status that cannot be understood must not become a success.
 *
 * @param {string} text
 * @returns {number}
 */
export function parseStatusCode(text) {
  const code = /^\d{1,3}$/.test(text) ? Number(text) : StatusCode.UNKNOWN;
  return code <= HIGHEST_CODE ? code : StatusCode.UNKNOWN;
}
