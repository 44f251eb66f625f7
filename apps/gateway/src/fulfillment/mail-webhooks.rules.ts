import type { FastifyRequest } from 'fastify';
import type { MailServiceName, RecordMailFeedbackRequest } from '#contracts';
import { basicSecret } from './webhooks.rules.js';

const MAX_SECRET = 512;

/** A webhook of a mail service as it arrived; nothing of its body is read here. */
export function mailFeedback(service: MailServiceName, request: FastifyRequest): RecordMailFeedbackRequest {
  const { secret: inPath } = request.params as { secret?: string };
  const secret = inPath ?? (basicSecret(request.headers.authorization) || undefined);
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return {
    service,
    // What is longer than any secret is wrong, not malformed.
    ...(secret !== undefined && secret.length <= MAX_SECRET ? { secret } : {}),
    body: body.toString('base64'),
  };
}
