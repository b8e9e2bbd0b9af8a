import Foundation

/// Something that happens once; threads wait for it with ``waitBlocking()``, tasks with ``wait()``.
public final class Latch: @unchecked Sendable {
    // Unchecked, for every access to the two variables holds the condition's lock.
    private let condition = NSCondition()
    private var isFired = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Makes a signal that has not been fired.
    public init() {}

    /// Lets all go on who wait, now and later.
    public func fire() {
        condition.lock()
        isFired = true
        let resumed = waiters
        waiters = []
        condition.broadcast()
        condition.unlock()
        for waiter in resumed { waiter.resume() }
    }

    /// Blocks the thread until the signal is fired.
    public func waitBlocking() {
        condition.lock()
        while !isFired { condition.wait() }
        condition.unlock()
    }

    /// Suspends the task until the signal is fired.
    public func wait() async {
        await withCheckedContinuation { continuation in
            if !isKept(continuation) { continuation.resume() }
        }
    }

    private func isKept(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        if !isFired { waiters.append(continuation) }
        return !isFired
    }
}
