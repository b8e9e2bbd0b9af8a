import ChatModel

/// A chat model whose requests pass a rate limiter first.
struct RateLimitedModel: ChatModel {
    let base: any ChatModel
    let limiter: RateLimiter

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        let taken = RateLimiter.Weight(tokens: Self.estimate(request))
        let waited = try await limiter.acquire(taken, timeout: request.timeout)
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
