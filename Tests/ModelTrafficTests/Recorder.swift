import Synchronization

/// Collects what happens in several tasks.
final class Recorder<Element: Sendable>: Sendable {
    private let recorded = Mutex<[Element]>([])

    var all: [Element] { recorded.withLock { $0 } }
    var count: Int { recorded.withLock { $0.count } }

    func record(_ element: Element) { recorded.withLock { $0.append(element) } }
}
