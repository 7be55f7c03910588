// SPDX-License-Identifier: Apache-2.0

// The page: starts a push, shows its messages as they arrive, and says how it ended.
(function () {
  'use strict';

  const { ChatServiceClient, RealtimePushRequest } = globalThis.proto.chat;
  const { failureText, timeText, serverAddress } = globalThis.chatText;

  /** Older messages are dropped, so that a page may stay open for days. */
  const MAX_MESSAGES = 100;

  /** How near to the end of the list, in pixels, counts as reading the newest. */
  const FOLLOW_DISTANCE = 40;

  const element = (id) => document.getElementById(id);
  const start = element('start');
  const stop = element('stop');
  const mode = element('mode');
  const status = element('status');
  const received = element('received');
  const messages = element('messages');
  const log = element('log');

  const clientId = `web-${Math.random().toString(16).slice(2, 8)}`;

  /** The running push, null when there is none. */
  let push = null;
  let count = 0;

  /** Makes a change; the newest message stays in view if it was. */
  function following(change) {
    const follow = log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOW_DISTANCE;
    change();
    if (follow) {
      log.scrollTop = log.scrollHeight;
    }
  }

  function setState(state, text) {
    const running = state === 'connecting' || state === 'connected';
    following(() => {
      status.dataset.state = state;
      status.textContent = text;
    });
    start.disabled = running;
    stop.disabled = !running;
    mode.disabled = running;
  }

  function setCount(value) {
    count = value;
    received.textContent = String(count);
  }

  function startPush() {
    setCount(0);
    let server;
    try {
      server = serverAddress(location.href);
    } catch (error) {
      setState('failed', `Failed: ${error.message}`);
      return;
    }
    setState('connecting', `Connecting to ${new URL(server).host} …`);
    const request = new RealtimePushRequest()
      .setClientId(clientId)
      .setTimestamp(Math.floor(Date.now() / 1000));
    push = new ChatServiceClient(server, null, { format: mode.value }).startRealtimePush(request, {});
    push.on('metadata', () => setState('connected', `Connected, in ${mode.value} mode`));
    push.on('data', (message) => show(message, performance.now()));
    push.on('status', finish);
  }

  function stopPush() {
    push.cancel();
    push = null;
    setState('stopped', 'Stopped');
  }

  /** @param {{ code: number, details: string }} ending */
  function finish(ending) {
    push = null;
    if (ending.code === globalThis.grpc.web.StatusCode.OK) {
      setState('completed', 'Completed: the server has sent everything');
    } else {
      setState('failed', `Failed: ${failureText(ending, globalThis.grpc.web.StatusCode)}`);
    }
  }

  function show(message, arrived) {
    following(() => {
      messages.append(row(message, arrived));
      while (messages.childElementCount > MAX_MESSAGES) {
        messages.firstElementChild.remove();
      }
    });
    setCount(count + 1);
  }

  function row(message, arrived) {
    const { iso, text } = timeText(message.getTimestamp());
    const item = document.createElement('li');
    item.className = 'message';
    item.dataset.type = message.getDataType();
    item.dataset.arrived = String(arrived);
    const time = part('time', 'time', text);
    time.dateTime = iso;
    item.append(time, part('span', 'type', message.getDataType()), part('span', 'text', message.getData()));
    return item;
  }

  function part(tag, className, text) {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  }

  function clear() {
    messages.replaceChildren();
    setCount(0);
  }

  start.addEventListener('click', startPush);
  stop.addEventListener('click', stopPush);
  element('clear').addEventListener('click', clear);
  element('client').textContent = clientId;
  if (ChatServiceClient) {
    setState('idle', 'Not connected');
  } else {
    setState('failed', 'Failed: grpcweb/grpc-web-shim.js could not be loaded');
    start.disabled = true;
  }
})();
