import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { Internal, Refusal } from '#contracts';
import { challengeOf, problemOf, retryAfterOf, STATUS_OF } from '../edge/problems.rules.js';
import { rawAnswer } from '../edge/raw-answer.js';
import { SECURITY_HEADERS } from '../edge/security-headers.js';
import { GatewayConfig } from '../gateway.config.js';

/** Headers that are gathered on the way to a refusal. */
export class Headers {
  readonly all: Record<string, string | number> = {};

  header(name: string, value: string | number): void {
    this.all[name] = value;
  }
}

/** Answers upgrade requests that are refused: plain HTTP, before any WebSocket exists. */
@Injectable()
export class UpgradeAnswer {
  constructor(
    private readonly config: GatewayConfig,
    private readonly log: Log,
  ) {}

  refuse(socket: Duplex, thrown: unknown, at: { path: string; requestId: string; headers: Headers }): void {
    if (!(thrown instanceof Refusal)) this.log.error('an upgrade failed', { error: thrown, request_id: at.requestId });
    const refusal = thrown instanceof Refusal ? thrown : Internal.with();
    const status = STATUS_OF[refusal.kind];
    const place = { publicUrl: this.config.publicUrl, instance: at.path, requestId: at.requestId };
    const body = JSON.stringify(problemOf(refusal, place));
    const retryAfter = retryAfterOf(refusal);
    const headers: Record<string, string | number> = {
      ...SECURITY_HEADERS,
      ...at.headers.all,
      'cache-control': 'no-store',
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
      'x-request-id': at.requestId,
      ...(status === 401 ? { 'www-authenticate': challengeOf(refusal, false) } : {}),
      ...(status === 426 ? { 'sec-websocket-version': '13', upgrade: 'websocket' } : {}),
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    };
    socket.end(rawAnswer(status, headers, body));
  }
}
