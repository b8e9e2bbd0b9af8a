import Synchronization

/// Where cached answers are kept.
///
/// A storage never fails a call: what it cannot give is a miss, what it cannot keep is lost.
public protocol ResponseCacheStorage: Sendable {
    /// The answer stored under a key.
    func lookUp(_ key: [UInt8]) async -> [UInt8]?
    /// Stores an answer.
    ///
    /// - Parameters:
    ///   - response: The answer's bytes.
    ///   - key: The SHA-256 of everything that could change the answer.
    ///   - model: The model's name, for people.
    ///   - endpoint: The endpoint, for people.
    func store(_ response: [UInt8], for key: [UInt8], model: String, endpoint: String) async
}

/// A cache that lives as long as the process, bounded by the number of answers.
public final class MemoryResponseCache: ResponseCacheStorage {
    private struct Entries {
        var byKey: [[UInt8]: (response: [UInt8], used: Int)] = [:]
        var uses = 0
    }

    private let capacity: Int
    private let entries = Mutex(Entries())

    /// Makes an empty cache.
    ///
    /// - Parameter capacity: How many answers it keeps; the one that was not used for longest goes first.
    public init(capacity: Int = 1_000) {
        self.capacity = max(1, capacity)
    }

    /// The answer stored under a key.
    public func lookUp(_ key: [UInt8]) async -> [UInt8]? {
        entries.withLock { entries in
            entries.uses += 1
            entries.byKey[key]?.used = entries.uses
            return entries.byKey[key]?.response
        }
    }

    /// Stores an answer.
    public func store(_ response: [UInt8], for key: [UInt8], model: String, endpoint: String) async {
        entries.withLock { entries in
            entries.uses += 1
            entries.byKey[key] = (response, entries.uses)
            guard entries.byKey.count > capacity else { return }
            if let oldest = entries.byKey.min(by: { $0.value.used < $1.value.used }) {
                entries.byKey[oldest.key] = nil
            }
        }
    }
}
