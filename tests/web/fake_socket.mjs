// A WebSocket whose other end is the test.
export class FakeSocket {
  sent = [];
  isClosed = false;

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }

  // What the server does.
  accepts() {
    this.onopen({});
  }

  says(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  closes(code) {
    this.onclose({ code });
  }

  // What we said, without the ids that only matter to replies.
  get heard() {
    return this.sent.map(({ id, ...message }) => message);
  }
}
