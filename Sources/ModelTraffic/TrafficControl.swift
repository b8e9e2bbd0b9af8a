public import ChatModel
import Synchronization

/// What all calls of a process share: one limiter for each endpoint, key and model, one breaker for each endpoint and
/// model, the places at each endpoint and key, and the response cache.
public final class TrafficControl: Sendable {
    private struct LimiterKey: Hashable {
        let endpoint: String
        let keyIdentity: String
        let model: String
    }

    private struct BreakerKey: Hashable {
        let endpoint: String
        let model: String
    }

    private struct PlacesKey: Hashable {
        let endpoint: String
        let keyIdentity: String
    }

    private struct Shared {
        var limiters: [LimiterKey: RateLimiter] = [:]
        var breakers: [BreakerKey: CircuitBreaker] = [:]
        var places: [PlacesKey: ConcurrencyLimiter] = [:]
    }

    private let cache: (any ResponseCacheStorage)?
    private let clock: TrafficClock
    private let shared = Mutex(Shared())

    /// Makes the shared state.
    ///
    /// - Parameters:
    ///   - cache: Where answers are kept, if they are.
    ///   - clock: The time.
    public init(cache: (any ResponseCacheStorage)? = nil, clock: TrafficClock = .continuous) {
        self.cache = cache
        self.clock = clock
    }

    /// Puts cache, places, limiter and breaker before an endpoint, in this order.
    ///
    /// An answer from the cache takes no permit, a call that waits for its permit is not held against the endpoint, and one
    /// that waits for a place is not counted as sent. Who has a place and has to wait for its permit gives the place back
    /// meanwhile.
    ///
    /// - Parameters:
    ///   - base: The endpoint.
    ///   - endpoint: Its base URL.
    ///   - keyIdentity: Tells keys apart without being one, such as the name of the variable that holds it.
    ///   - model: The model's name at the endpoint.
    ///   - limits: What is known of its limits; the first caller's count for all.
    ///   - concurrent: How many of these requests may be under way at once; `nil` for any number.
    ///   - salt: Keeps cached answers apart that would otherwise be the same.
    public func model(
        wrapping base: any ChatModel,
        endpoint: String,
        keyIdentity: String,
        model: String,
        limits: RateLimits = .none,
        concurrent: Int? = nil,
        salt: String = ""
    ) -> any ChatModel {
        let name = "\(model) at \(endpoint)"
        let (limiter, breaker) = shared.withLock { shared in
            (
                shared.limiters.value(LimiterKey(endpoint: endpoint, keyIdentity: keyIdentity, model: model)) {
                    RateLimiter(name, limits, clock: clock)
                },
                shared.breakers.value(BreakerKey(endpoint: endpoint, model: model)) {
                    CircuitBreaker(name, clock: clock)
                }
            )
        }
        var limited = RateLimitedModel(
            base: BreakingModel(base: base, breaker: breaker),
            limiter: limiter
        )
        if let concurrent {
            let places = shared.withLock { shared in
                shared.places.value(PlacesKey(endpoint: endpoint, keyIdentity: keyIdentity)) {
                    ConcurrencyLimiter(endpoint)
                }
            }
            limited.places = RateLimitedModel.Places(limiter: places, limit: max(1, concurrent))
        }
        guard let cache else { return limited }
        return ResponseCache(limited, storage: cache, endpoint: endpoint, salt: salt)
    }
}

extension Dictionary {
    fileprivate mutating func value(_ key: Key, make: () -> Value) -> Value {
        if let value = self[key] { return value }
        let value = make()
        self[key] = value
        return value
    }
}
