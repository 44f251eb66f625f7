/** What the server pushes. */
export interface Frame<Data = Record<string, unknown>> {
  /** Names the event, however often it is delivered; also the place to resume from. */
  id: string;
  type: string;
  /** RFC 3339. */
  at: string;
  data: Data;
}

/** Something may be missing: read your state anew, then go on. The connection lives. */
export interface Gap {
  /** The server's: `cursor_unknown`, `cursor_too_old`, `history_unavailable`, `too_slow`, `outage`; or `not_resumed`. */
  reason: string;
  /** How many were dropped, when the server knows. */
  dropped?: number;
}

/** Types of frames with the data that they carry. Products add their own by declaration merging. */
export interface RealtimeEvents {
  notification: Record<string, unknown>;
  plan_changed: { plan: string; features: string[]; expires_at: string | null };
  presence_changed: { user_id: string; status: string; [member: string]: unknown };
  /** Agents only. */
  chat_message: {
    platform: string;
    channel: string;
    message_id: string;
    author: Record<string, unknown>;
    text: string;
    at: string;
  };
  /** Agents only. */
  chat_feed: { window_start: string; window_end: string; topics: string[]; mood: string; highlights: string[] };
  gap: Gap;
}
