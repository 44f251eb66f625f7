import { Edge, type RunningGateway } from './gateway-under-test.js';
import { RealtimeDouble } from './realtime-double.js';

/** A gateway with a realtime app behind it that does as the test says. */
export interface GatewayToRealtime {
  edge: Edge;
  realtime: RealtimeDouble;
  gateway: RunningGateway;
  stop(): Promise<void>;
}

export async function gatewayToRealtime(): Promise<GatewayToRealtime> {
  const [edge, realtime] = [await Edge.start(), await RealtimeDouble.start()];
  const gateway = await edge.gateway({ REALTIME_URL: realtime.url });
  const stop = async (): Promise<void> => {
    await realtime.stop();
    await edge.stop();
  };
  return { edge, realtime, gateway, stop };
}
