import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  GrantRenewal,
  GrantRenewalRequest,
  ListBlobHolders,
  ListBlobHoldersRequest,
  ReissueBlobs,
  ReissueBlobsRequest,
  type BlobHolderPage,
  type ReissuedBlobs,
  type RenewalRight,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Internal: licensing' };

@Controller('internal')
export class RenewalsController {
  constructor(private readonly bus: Bus) {}

  @Post('renewals')
  @HttpCode(200)
  @Serves(GrantRenewal, { docs })
  grant(@Input() input: GrantRenewalRequest, @Ask() ask: SendAs): Promise<RenewalRight> {
    return this.bus.send(GrantRenewal, input, ask);
  }

  @Get('blobs')
  @Serves(ListBlobHolders, { docs })
  holders(@Input() input: ListBlobHoldersRequest, @Ask() ask: SendAs): Promise<BlobHolderPage> {
    return this.bus.send(ListBlobHolders, input, ask);
  }

  @Post('blobs/reissue')
  @HttpCode(200)
  @Serves(ReissueBlobs, { docs })
  reissue(@Input() input: ReissueBlobsRequest, @Ask() ask: SendAs): Promise<ReissuedBlobs> {
    return this.bus.send(ReissueBlobs, input, ask);
  }
}
