// SPDX-License-Identifier: Apache-2.0
package dev.grpcweb.wire;

import dev.grpcweb.transport.WebSocket;
import dev.grpcweb.wire.MuxResponse.Room;
import dev.grpcweb.wire.MuxResponse.Turn;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to send on a socket of many calls.
 *
 * <p>Messages of the socket go first. Then calls that have something to send and credit for it take
 * turns, a DATA at a time. The socket is given no more than it takes at once, so that what comes up
 * next waits for little.
 *
 * <p>A call's own thread sends for its own call only, and only while no other call waits, for it
 * could not tell the other one of it. So a call waits while the socket is writable only until the
 * socket says so, or until the thread that got the credit is done.
 *
 * <p>Every method is called with the connection's lock held.
 */
final class MuxSender {
  /** How many messages of the socket may wait for a peer that causes them and does not read. */
  static final int MAX_WAITING = 1000;

  /** What is given to the socket at once, roughly. */
  private static final int BATCH = 16 * 1024;

  private final WebSocket socket;

  /** Messages of the socket. */
  private final ArrayDeque<byte[]> control = new ArrayDeque<>(4);

  /** Calls that may send. */
  private final ArrayDeque<MuxResponse> turns = new ArrayDeque<>(4);

  /** Calls that lack nothing but the socket's credit. */
  private final ArrayDeque<MuxResponse> starved = new ArrayDeque<>(4);

  /** Calls that will be told when they can write, and lack nothing of their own. */
  private final ArrayDeque<MuxResponse> idle = new ArrayDeque<>(4);

  /** The socket's credit. */
  private int credit;

  MuxSender(WebSocket socket) {
    this.socket = socket;
  }

  /** Sends a message of the socket, or one that needs no turn. */
  void control(byte[] message) {
    control.add(message);
    if (socket.isWritable()) {
      sendControl();
    }
  }

  /** Returns whether the peer has caused more messages than it reads. */
  boolean isFlooded() {
    return control.size() > MAX_WAITING;
  }

  /** Gives the messages of the socket to it, be it writable or not. */
  void sendControl() {
    while (true) {
      byte[] message = control.poll();
      if (message == null) {
        return;
      }
      socket.send(message, 0, message.length);
    }
  }

  /** Called with credit for the socket; returns false if it is more than there can be. */
  boolean credit(int count) {
    if (count > Integer.MAX_VALUE - credit) {
      return false;
    }
    credit += count;
    for (int i = starved.size(); i > 0; i--) {
      MuxResponse response = starved.remove();
      response.turn = Turn.NONE;
      schedule(response);
    }
    return true;
  }

  /** Returns whether a write would be taken at once; if not, the call is told when it would. */
  boolean isWritable(MuxResponse response) {
    if (response.takesMore() && takesNow()) {
      return true;
    }
    if (response.isOpen() && response.room == Room.UNKNOWN) {
      response.room = Room.WANTED;
      noteRoom(response);
    }
    return false;
  }

  private boolean takesNow() {
    return credit > 0 && socket.isWritable();
  }

  /** Called when a call may have got something to send, or credit: lines it up. */
  void schedule(MuxResponse response) {
    if (response.turn != Turn.LINED_UP && response.maySend(credit)) {
      // One that was starved may have got trailers, which need no credit.
      starved.remove(response);
      response.turn = Turn.LINED_UP;
      turns.add(response);
    } else if (response.turn == Turn.NONE && response.maySend(1)) {
      response.turn = Turn.STARVED;
      starved.add(response);
    }
    noteRoom(response);
  }

  private void noteRoom(MuxResponse response) {
    if (response.room == Room.WANTED && response.takesMore()) {
      response.room = Room.LINED_UP;
      idle.add(response);
    }
  }

  /** Called from a call's own thread: sends what it has, unless others wait. */
  void sendOwn(MuxResponse response) {
    schedule(response);
    while (turns.peek() == response && socket.isWritable()) {
      sendControl();
      takeTurn();
    }
    if (response.room == Room.LINED_UP && response.takesMore() && takesNow()) {
      response.room = Room.UNKNOWN;
      idle.remove(response);
      response.stream().writable();
    }
  }

  /** Called from a thread of the socket's: sends what can be sent. */
  void sendAll() {
    while (socket.isWritable() && !(control.isEmpty() && turns.isEmpty())) {
      sendControl();
      int sent = 0;
      while (sent < BATCH && !turns.isEmpty()) {
        sent += takeTurn();
      }
    }
  }

  /** Called from a thread of the socket's: returns the next call that can write, or null. */
  @Nullable MuxStream nextWithRoom() {
    while (!idle.isEmpty() && takesNow()) {
      MuxResponse response = idle.remove();
      response.room = Room.WANTED;
      if (response.takesMore()) {
        response.room = Room.UNKNOWN;
        return response.stream();
      }
    }
    return null;
  }

  /** Forgets a call. */
  void remove(MuxResponse response) {
    switch (response.turn) {
      case LINED_UP -> turns.remove(response);
      case STARVED -> starved.remove(response);
      case NONE -> {}
    }
    response.turn = Turn.NONE;
    if (response.room == Room.LINED_UP) {
      idle.remove(response);
    }
    response.room = Room.UNKNOWN;
  }

  /** Forgets everything. */
  void clear() {
    control.clear();
    turns.clear();
    starved.clear();
    idle.clear();
  }

  /** Returns how many bytes were given to the socket. */
  private int takeTurn() {
    MuxResponse response = turns.remove();
    response.turn = Turn.NONE;
    int sent = 0;
    byte[] headers = response.takeHeaders();
    if (headers != null) {
      sent += send(headers);
    }
    byte[] data = response.takeData(Math.min(credit, MuxWriter.MAX_DATA));
    if (data != null) {
      credit -= data.length - MuxType.HEAD_LENGTH;
      sent += send(data);
    }
    byte[] trailers = response.takeTrailers();
    if (trailers != null) {
      sent += send(trailers);
      response.stream().completed();
    } else {
      schedule(response);
    }
    return sent;
  }

  private int send(byte[] message) {
    socket.send(message, 0, message.length);
    return message.length;
  }
}
