import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  FinishYoutubeConnector,
  StartYoutubeConnector,
  type Call,
  type ConnectorStart,
  type FinishConnectorRequest,
  type FinishedConnector,
  type StartConnectorRequest,
} from '#contracts';
import { Connectors } from './connectors.service.js';

/** No transaction spans these: platforms are asked meanwhile. */
@Controller()
export class ConnectorsController {
  constructor(private readonly connectors: Connectors) {}

  @Handles(StartYoutubeConnector, { transaction: false })
  start(input: StartConnectorRequest, call: Call): Promise<ConnectorStart> {
    return this.connectors.start(input, call);
  }

  @Handles(FinishYoutubeConnector, { transaction: false })
  finish(input: FinishConnectorRequest, call: Call): Promise<FinishedConnector> {
    return this.connectors.finish(input, call);
  }
}
