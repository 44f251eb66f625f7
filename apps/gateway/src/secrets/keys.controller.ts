import { Controller, Get, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { Empty, RotateKey, RotateKeyRequest, VerifyAudit, type AuditReport, type PublicKey } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Internal: secrets' };

@Controller('internal')
export class KeysController {
  constructor(private readonly bus: Bus) {}

  @Post('keys/rotate')
  @Serves(RotateKey, { docs: { ...docs, status: 201 } })
  rotate(@Input() input: RotateKeyRequest, @Ask() ask: SendAs): Promise<PublicKey> {
    return this.bus.send(RotateKey, input, ask);
  }

  @Get('audit/verify')
  @Serves(VerifyAudit, { docs })
  verifyAudit(@Input() input: Empty, @Ask() ask: SendAs): Promise<AuditReport> {
    return this.bus.send(VerifyAudit, input, ask);
  }
}
