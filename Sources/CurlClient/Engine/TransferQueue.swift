/// Which exchanges libcurl works on, and which wait until another of the same host is over.
///
/// A handle of libcurl and its buffers take tens of kilobytes from the moment it is given a request, although most of
/// many would only wait for a connection. So no more than a bound are given to it at once; the others wait here, in the
/// order in which they came, each host's by themselves.
struct TransferQueue {
    /// An exchange and when it was posted: waiting counts as part of its time.
    struct Entry {
        let exchange: Exchange
        let host: String
        let since: Int64

        var deadline: Int64 { since + Int64(max(1, exchange.request.timeouts.total)) }
    }

    private struct Host {
        var underWay = 0
        var waiting: [Entry] = []
        /// The first that waits still.
        var first = 0
    }

    /// How many of a host are under way at once.
    let bound: Int
    private var hosts: [String: Host] = [:]

    init(bound: Int) {
        self.bound = max(1, bound)
    }

    /// Takes an exchange in.
    ///
    /// - Returns: Whether it may begin; otherwise it waits.
    mutating func take(_ entry: Entry) -> Bool {
        modify(entry.host) { [bound] host in
            guard host.underWay < bound else {
                host.waiting.append(entry)
                return false
            }
            host.underWay += 1
            return true
        }
    }

    /// Notes that one of a host is over.
    ///
    /// - Returns: The one that may begin in its place.
    mutating func next(afterOneOf host: String) -> Entry? {
        guard hosts[host] != nil else { return nil }
        return modify(host) { host in
            while host.first < host.waiting.count {
                let entry = host.waiting[host.first]
                host.first += 1
                // The storage moves on by halves, so that each entry is moved once at most.
                if host.first > 32, host.first * 2 > host.waiting.count {
                    host.waiting.removeFirst(host.first)
                    host.first = 0
                }
                // Those that were cancelled meanwhile have their end already.
                if !entry.exchange.isOver { return entry }
            }
            host.waiting = []
            host.first = 0
            host.underWay -= 1
            return nil
        }
    }

    /// Looks at all that wait, in no order; those that have their end, then or already, are kept no longer.
    mutating func review(_ body: (Entry) -> Void) {
        for index in hosts.values.indices {
            hosts.values[index].waiting.removeSubrange(..<hosts.values[index].first)
            hosts.values[index].first = 0
            hosts.values[index].waiting.removeAll { entry in
                if !entry.exchange.isOver { body(entry) }
                return entry.exchange.isOver
            }
        }
    }

    private mutating func modify<Value>(_ name: String, _ body: (inout Host) -> Value) -> Value {
        let value = body(&hosts[name, default: Host()])
        if hosts[name]?.underWay == 0 { hosts[name] = nil }
        return value
    }
}
