import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  Empty,
  ImportKey,
  ImportKeyRequest,
  PublishCertificate,
  PublishCertificateRequest,
  ReadKekStatus,
  RotateDataKeys,
  RotateDataKeysRequest,
  RotateKek,
  RotateKey,
  RotateKeyRequest,
  SealService,
  UnsealService,
  VerifyAudit,
  type AuditReport,
  type KekStatus,
  type PublicKey,
  type PublishedCertificate,
  type RotatedDataKeys,
  type SealState,
} from '#contracts';
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

  @Post('keys/import')
  @Serves(ImportKey, { docs: { ...docs, status: 201 } })
  import(@Input() input: ImportKeyRequest, @Ask() ask: SendAs): Promise<PublicKey> {
    return this.bus.send(ImportKey, input, ask);
  }

  @Post('keys/certificates')
  @Serves(PublishCertificate, { docs: { ...docs, status: 201 } })
  certify(@Input() input: PublishCertificateRequest, @Ask() ask: SendAs): Promise<PublishedCertificate> {
    return this.bus.send(PublishCertificate, input, ask);
  }

  @Get('keys/kek')
  @Serves(ReadKekStatus, { docs })
  kek(@Input() input: Empty, @Ask() ask: SendAs): Promise<KekStatus> {
    return this.bus.send(ReadKekStatus, input, ask);
  }

  @Post('keys/kek/rotate')
  @HttpCode(202)
  @Serves(RotateKek, { docs: { ...docs, status: 202 } })
  rotateKek(@Input() input: Empty, @Ask() ask: SendAs): Promise<KekStatus> {
    return this.bus.send(RotateKek, input, ask);
  }

  @Post('keys/data-keys/rotate')
  @HttpCode(200)
  @Serves(RotateDataKeys, { docs })
  rotateDataKeys(@Input() input: RotateDataKeysRequest, @Ask() ask: SendAs): Promise<RotatedDataKeys> {
    return this.bus.send(RotateDataKeys, input, ask);
  }

  @Post('keys/seal')
  @HttpCode(200)
  @Serves(SealService, { withoutIdempotency: true, docs })
  seal(@Input() input: Empty, @Ask() ask: SendAs): Promise<SealState> {
    return this.bus.send(SealService, input, ask);
  }

  @Post('keys/unseal')
  @HttpCode(200)
  @Serves(UnsealService, { withoutIdempotency: true, docs })
  unseal(@Input() input: Empty, @Ask() ask: SendAs): Promise<SealState> {
    return this.bus.send(UnsealService, input, ask);
  }

  @Get('audit/verify')
  @Serves(VerifyAudit, { docs })
  verifyAudit(@Input() input: Empty, @Ask() ask: SendAs): Promise<AuditReport> {
    return this.bus.send(VerifyAudit, input, ask);
  }
}
