import { ONE_LINE, Text } from '#contracts';

/** What a request about one license of the portal says: all of it is in its path. */
export class PortalLicensePath {
  @Text({ max: 64, pattern: ONE_LINE }) key!: string;
}
