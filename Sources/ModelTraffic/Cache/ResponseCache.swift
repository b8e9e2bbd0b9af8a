public import ChatModel

/// A chat model that answers from what was answered before, as far as a request allows it.
///
/// Only whole answers are kept. An answer from the cache keeps its usage, which tells what was saved.
public struct ResponseCache: ChatModel {
    private let base: any ChatModel
    private let storage: any ResponseCacheStorage
    private let endpoint: String
    private let salt: String

    /// Puts a cache before a model.
    ///
    /// - Parameters:
    ///   - base: The model that is asked on a miss.
    ///   - storage: Where answers are kept.
    ///   - endpoint: The endpoint; answers of different ones are kept apart.
    ///   - salt: Keeps answers apart that would otherwise be the same.
    public init(_ base: any ChatModel, storage: any ResponseCacheStorage, endpoint: String, salt: String = "") {
        self.base = base
        self.storage = storage
        self.endpoint = endpoint
        self.salt = salt
    }

    /// Answers from the cache, or asks the model; see `ChatModel.respond(to:onText:)`.
    public func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        guard request.cache != .off else { return try await base.respond(to: request, onText: onText) }
        let key = CacheKey.bytes(endpoint: endpoint, salt: salt, request)
        if let response = await storage.lookUp(key).flatMap(CachedResponse.decode) {
            if !response.text.isEmpty { onText?(response.text) }
            return response
        }
        let response = try await base.respond(to: request, onText: onText)
        if request.cache == .on, CachedResponse.isWorthKeeping(response) {
            await storage.store(CachedResponse.encode(response), for: key, model: request.model, endpoint: endpoint)
        }
        return response
    }
}
