import ChatModel

/// A chat model whose requests pass a rate limiter first, and have a place where there are only so many.
struct RateLimitedModel: ChatModel {
    /// The places at the endpoint, and how many of them this model's requests may use.
    struct Places {
        let limiter: ConcurrencyLimiter
        let limit: Int
    }

    let base: any ChatModel
    let limiter: RateLimiter
    var places: Places?

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        let taken = RateLimiter.Weight(tokens: Self.estimate(request))
        guard let places else {
            let waited = try await limiter.acquire(taken, timeout: request.timeout)
            return try await send(request, after: waited, taken, onText)
        }
        // Who has a place and nothing to wait for goes on; so nothing is taken of the limit by those in the queue.
        let first = try await places.limiter.call(limit: places.limit) { () async throws(ChatError) -> ChatResponse? in
            limiter.takesAtOnce(taken) ? try await send(request, after: 0, taken, onText) : nil
        }
        if let first { return first }
        // No place is kept by who may not send anything yet: other models of the same server may use it.
        let waited = try await limiter.acquire(taken, timeout: request.timeout)
        var hasPlace = false
        do throws(ChatError) {
            return try await places.limiter.call(limit: places.limit) { () async throws(ChatError) -> ChatResponse in
                hasPlace = true
                return try await send(request, after: waited, taken, onText)
            }
        } catch {
            if !hasPlace { limiter.settle(taken, used: RateLimiter.Weight(requests: 0, tokens: 0)) }
            throw error
        }
    }

    private func send(
        _ request: ChatRequest,
        after waited: Int64,
        _ taken: RateLimiter.Weight,
        _ onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        var request = request
        if waited > 0 { request.timeout = max(1, request.timeout - waited.milliseconds) }
        do throws(ChatError) {
            let response = try await base.respond(to: request, onText: onText)
            if let usage = response.soundUsage(for: request) {
                limiter.settle(taken, used: RateLimiter.Weight(tokens: usage.total))
            }
            if let report = response.rateLimits { limiter.observe(report) }
            return response
        } catch {
            if let report = error.rateLimits { limiter.observe(report) }
            if !error.wasSent {
                limiter.settle(taken, used: RateLimiter.Weight(requests: 0, tokens: 0))
            } else if error.code == .rateLimited, let pause = error.retryAfter {
                limiter.block(for: pause)
            }
            throw error
        }
    }

    // What a server is likely to count before it answers: a token for four bytes
    // (https://platform.openai.com/docs/guides/rate-limits), and the whole output that is allowed. The bound of the
    // budget would be four times too careful here. Bounded, since estimates of many requests are added up.
    private static func estimate(_ request: ChatRequest) -> Int {
        min(1 << 40, (request.inputTokenBound / 4).addingWithSaturation(request.maximumOutput))
    }
}
