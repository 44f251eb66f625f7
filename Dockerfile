# syntax=docker/dockerfile:1
FROM node:20-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build.mjs && node scripts/image.mjs /image

# One image for every app: the argument says which. Nothing of the build, no embedded servers, no stand-ins.
FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /image/node_modules ./node_modules
COPY --from=build /image ./
USER 10001:10001
ENTRYPOINT ["node"]
CMD ["dist/apps/gateway/src/main.js"]
