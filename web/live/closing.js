// What a close code asks of us: see proto/live.md, "When the server closes".
export const STAY_AWAY = "stay away";
export const BACK_OFF = "back off";
export const AT_ONCE = "at once";

export const CLOSED_UNAUTHORIZED = 4000;

const TEXT_NOT_UTF8 = 1007;
const FRAME_TOO_LARGE = 1009;

export function adviceOf(code) {
  if (code === TEXT_NOT_UTF8 || code === FRAME_TOO_LARGE) return STAY_AWAY;
  if (code >= 4000 && code <= 4099) return STAY_AWAY;
  if (code >= 4200 && code <= 4299) return AT_ONCE;
  // 4100 to 4199 say so; any other end is a network that broke or a server
  // that died, where coming back slowly is right as well.
  return BACK_OFF;
}
