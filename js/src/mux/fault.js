// SPDX-License-Identifier: Apache-2.0

/** The codes that a faulty socket is closed with. */
export const CloseCode = Object.freeze({
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  POLICY_VIOLATION: 1008,
});

/** What the other side must not do; it costs the socket. */
export class MuxFault extends Error {
  /**
   * @param {number} closeCode one of {@link CloseCode}
   * @param {string} message
   */
  constructor(closeCode, message) {
    super(message);
    this.closeCode = closeCode;
  }
}

/** @param {string} message */
export function protocolError(message) {
  return new MuxFault(CloseCode.PROTOCOL_ERROR, message);
}
