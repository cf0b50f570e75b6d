// The live connection to one seat: it comes back by itself when the network does.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

/** Why the server ended a connection for good: seqviz/serving/routes.py has the same numbers. */
export const GONE = 4404;
export const REPLACED = 4409;
const NONSENSE = 4400;
const FINAL = new Set([GONE, REPLACED, NONSENSE]);

export class Live {
  /** address(): where to, asked at each attempt. hear: {open(), frame(buffer), notice({notice, text}), lost(), ended(code)} */
  constructor(address, hear) {
    this.address = address;
    this.hear = hear;
    this.wait = FIRST_WAIT;
    this.connect();
  }

  connect() {
    const socket = new WebSocket(this.address());
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.wait = FIRST_WAIT;
      this.hear.open();
    };
    socket.onmessage = ({ data }) =>
      typeof data === "string" ? this.hear.notice(JSON.parse(data)) : this.hear.frame(data);
    socket.onclose = ({ code }) => {
      if (FINAL.has(code)) this.hear.ended(code);
      else this.retry();
    };
    this.socket = socket;
  }

  retry() {
    this.hear.lost();
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  /** Sends an order such as {do: "train"}; one that is given while the connection is lost is lost too. */
  send(order) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(order));
  }

  close() {
    clearTimeout(this.timer);
    this.socket.onclose = null;
    this.socket.onmessage = null;
    this.socket.close();
  }
}
