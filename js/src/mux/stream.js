// SPDX-License-Identifier: Apache-2.0

import { formatTimeout, startTimer, timeLeft } from '../deadline.js';
import { gatherFields, toMetadata, toStatus } from '../metadata.js';
import { RpcError } from '../rpc-error.js';
import { parseStatusCode, StatusCode } from '../status.js';
import { SendCredit } from './credit.js';
import { encodeCallHeaders, parseHeaderBlock } from './header-block.js';
import { Inbox } from './inbox.js';
import { MAX_DATA } from './message.js';
import { Outbox } from './outbox.js';

/** @typedef {import('../metadata.js').Metadata} Metadata */
/** @typedef {import('../status.js').Status} Status */

/**
 * What a stream needs of its connection.
 *
 * @typedef {object} MuxLink
 * @property {import('./writer.js').MuxWriter} writer
 * @property {SendCredit} credit the socket's
 * @property {() => void} sendable the stream has bytes and credit for them
 * @property {(id: number) => void} ended
 */

/**
 * @typedef {object} StreamLimits
 * @property {number} callCredit bytes that may come before they are read
 * @property {number} maxHeaderBlock
 * @property {number} maxReceiveMessageSize in bytes, 0 for no limit
 * @property {number} maxQueuedSize bytes that may wait to be sent
 */

/** The requests of a call, as far as the application has ended them. */
const OPEN = 'open';
const ENDING = 'ending'; // behind what waits for credit
const ENDED = 'ended';

const DEADLINE_PASSED = 'the deadline has passed';

/** One call, in frames: from the application to the socket and back. */
export class MuxStream {
  /** @type {Promise<Metadata>} empty for a call that ends without */
  headers;
  /** @type {Promise<Status>} */
  status;

  #path;
  #metadata;
  #limits;
  #link;
  /** The call id, 0 until the call has been opened on the socket. */
  #id = 0;
  #credit = new SendCredit();
  #outbox = new Outbox();
  #inbox;
  /** @type {typeof OPEN | typeof ENDING | typeof ENDED} */
  #requests = OPEN;
  #headersCame = false;
  /** How the call ended, null while it runs. @type {Status | null} */
  #end = null;
  /** Wakes who waits in read(). @type {(() => void) | null} */
  #wake = null;
  #stopDeadline = () => {};
  /** @type {(headers: Metadata) => void} */
  #tellHeaders = () => {};
  /** @type {(status: Status) => void} */
  #tellStatus = () => {};

  /**
   * @param {string} path
   * @param {Metadata} metadata whose key `deadline` is milliseconds since the epoch
   * @param {StreamLimits} limits
   * @param {(stream: MuxStream) => MuxLink} link
   */
  constructor(path, metadata, limits, link) {
    this.#path = path;
    this.#metadata = { ...metadata };
    this.#limits = limits;
    this.#link = link(this);
    this.#inbox = new Inbox(limits.callCredit, limits.maxReceiveMessageSize);
    this.headers = new Promise((resolve) => (this.#tellHeaders = resolve));
    this.status = new Promise((resolve) => (this.#tellStatus = resolve));
    this.#startDeadline();
  }

  get ended() {
    return this.#end !== null;
  }

  // What the application does.

  /**
   * @param {Uint8Array} frame
   * @returns {Promise<boolean>} when the socket has taken it; false where the call ended before that
   */
  send(frame) {
    if (this.#requests !== OPEN) {
      throw new Error('a message was sent after halfClose()');
    }
    if (this.#end) {
      return Promise.resolve(false);
    }
    const queued = this.#outbox.length;
    if (queued > 0 && queued + frame.length > this.#limits.maxQueuedSize) {
      this.#abort(StatusCode.RESOURCE_EXHAUSTED, `${queued} bytes wait to be sent; await each send()`);
      return Promise.resolve(false);
    }
    const sent = this.#outbox.add(frame);
    this.#flush();
    return sent;
  }

  /** Ends the requests. */
  halfClose() {
    if (this.#requests === OPEN) {
      this.#requests = ENDING;
      this.#flush();
    }
  }

  /**
   * @returns {Promise<Uint8Array | null>} the next message, null after the last one
   * @throws {RpcError} if the call failed, after the messages that came before
   */
  async read() {
    for (;;) {
      const message = this.#inbox.take();
      if (message) {
        this.#giveBack();
        return message;
      }
      if (this.#end) {
        return endOf(this.#end);
      }
      if (this.#wake) {
        throw new Error('the messages of a call are read twice at once');
      }
      await new Promise((resolve) => {
        this.#wake = () => resolve(undefined);
        this.#giveBack();
      });
    }
  }

  /** Ends the call, if it runs; what was not read is dropped. */
  cancel() {
    this.#inbox.clear();
    this.#abort(StatusCode.CANCELLED, 'the call was cancelled');
  }

  // What the connection does.

  /**
   * Opens the call on the socket.
   *
   * @param {number} id
   * @param {import('./message.js').MuxSettings} peer the server's
   * @returns {boolean} whether it could be
   */
  open(id, peer) {
    try {
      this.#link.writer.headers(id, this.#headerBlock(peer.maxHeaderBlock));
    } catch (error) {
      this.#failBy(error);
      return false;
    }
    this.#id = id;
    this.#credit.add(peer.callCredit);
    this.#flush();
    return true;
  }

  /** Whether {@link sendSome} would send. */
  get sendable() {
    return this.#id > 0 && !this.#end && this.#outbox.length > 0 && this.#credit.bytes > 0;
  }

  /** Sends one DATA; both credits must have some. */
  sendSome() {
    const { writer, credit } = this.#link;
    const bytes = this.#outbox.take(Math.min(MAX_DATA, this.#credit.bytes, credit.bytes));
    this.#credit.use(bytes.length);
    credit.use(bytes.length);
    writer.data(this.#id, bytes);
    this.#sendEnd();
  }

  /** @param {Uint8Array} block */
  onHeaders(block) {
    this.#guarded(() => {
      if (this.#headersCame) {
        throw new RpcError(StatusCode.INTERNAL, 'received HEADERS a second time');
      }
      this.#headersCame = true;
      this.#tellHeaders(toMetadata(this.#fieldsOf(block)));
    });
  }

  /** @param {Uint8Array} bytes */
  onData(bytes) {
    this.#guarded(() => {
      if (!this.#headersCame) {
        throw new RpcError(StatusCode.INTERNAL, 'received DATA before HEADERS');
      }
      this.#inbox.receive(bytes);
      this.#wakeReader();
    });
  }

  /** @param {Uint8Array} block */
  onTrailers(block) {
    this.#guarded(() => {
      const status = toStatus(this.#fieldsOf(block));
      if (status?.code === StatusCode.OK) {
        this.#inbox.end();
      }
      this.fail(
        status ?? { code: StatusCode.UNKNOWN, details: 'the trailers hold no grpc-status', metadata: {} },
      );
    });
  }

  /** @param {number} code @param {string} details */
  onReset(code, details) {
    const known = parseStatusCode(String(code));
    this.fail({ code: known === StatusCode.OK ? StatusCode.UNKNOWN : known, details, metadata: {} });
  }

  /** @param {number} bytes */
  onCredit(bytes) {
    this.#credit.add(bytes);
    this.#flush();
  }

  /**
   * Ends the call for this side.
   *
   * @param {Status} status
   */
  fail(status) {
    if (this.#end) {
      return;
    }
    this.#end = status;
    this.#stopDeadline();
    this.#outbox.clear();
    this.#tellHeaders({});
    this.#tellStatus(status);
    this.#wakeReader();
    this.#link.ended(this.#id);
  }

  #startDeadline() {
    const left = timeLeft(this.#metadata.deadline ?? null, Date.now());
    const pass = () => this.#abort(StatusCode.DEADLINE_EXCEEDED, DEADLINE_PASSED);
    if (left === 0) {
      pass();
    } else if (left !== null) {
      this.#stopDeadline = startTimer(left, pass);
    }
  }

  /** @param {number} limit */
  #headerBlock(limit) {
    const { deadline = null, ...metadata } = this.#metadata;
    const left = timeLeft(deadline, Date.now());
    if (left === 0) {
      throw new RpcError(StatusCode.DEADLINE_EXCEEDED, DEADLINE_PASSED);
    }
    if (left !== null) {
      metadata['grpc-timeout'] = formatTimeout(left);
    }
    return encodeCallHeaders(this.#path, metadata, limit);
  }

  /** @param {Uint8Array} block */
  #fieldsOf(block) {
    return gatherFields(parseHeaderBlock(block, this.#limits.maxHeaderBlock));
  }

  #flush() {
    if (this.sendable) {
      this.#link.sendable();
    } else {
      this.#sendEnd();
    }
  }

  #sendEnd() {
    if (this.#requests === ENDING && this.#id > 0 && !this.#end && this.#outbox.length === 0) {
      this.#requests = ENDED;
      this.#link.writer.halfClose(this.#id);
    }
  }

  #giveBack() {
    const bytes = this.#inbox.giveBack(this.#wake !== null);
    if (bytes > 0 && this.#id > 0 && !this.#end) {
      this.#link.writer.credit(this.#id, bytes);
    }
  }

  #wakeReader() {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  /** @param {() => void} action a fault of the call in it ends the call alone */
  #guarded(action) {
    try {
      action();
    } catch (error) {
      this.#failBy(error);
    }
  }

  /** @param {unknown} error */
  #failBy(error) {
    if (!(error instanceof RpcError)) {
      throw error;
    }
    this.#abort(error.code, error.message);
  }

  /** @param {number} code @param {string} details */
  #abort(code, details) {
    if (this.#id > 0 && !this.#end) {
      this.#link.writer.reset(this.#id, code, details);
    }
    this.fail({ code, details, metadata: {} });
  }
}

/** @param {Status} status */
function endOf({ code, details, metadata }) {
  if (code !== StatusCode.OK) {
    throw new RpcError(code, details, metadata);
  }
  return null;
}
