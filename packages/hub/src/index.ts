export { fetchModel, isModelId } from "./fetch-model.js";
export { fetchSnapshot, isHubId, type SnapshotRequest } from "./fetch-snapshot.js";
