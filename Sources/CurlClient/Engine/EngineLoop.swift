import CCurl

/// The body of the engine thread; it, and whatever it owns, lives and dies there.
///
/// A turn is: do what was posted, let libcurl work, end what is over, and sleep until something happens.
struct EngineLoop: ~Copyable {
    private let mailbox: Mailbox
    private let multi: MultiHandle
    private let configuration: HTTPClient.Configuration
    private let clock = EngineClock()
    private let executor: UnownedTaskExecutor
    private var jobs: [UnownedJob] = []
    private var commands: [Mailbox.Command] = []
    private var active: [ObjectIdentifier: EasyHandle] = [:]
    private var queue: TransferQueue
    /// Handles between two transfers; making one costs more than a small call.
    private var idle: [EasyHandle] = []
    private var isRunning = true

    init(_ mailbox: Mailbox, _ multi: MultiHandle, _ configuration: HTTPClient.Configuration) {
        self.mailbox = mailbox
        self.multi = multi
        self.configuration = configuration
        executor = mailbox.asUnownedTaskExecutor()
        queue = TransferQueue(bound: configuration.maximumTransfersPerHost)
    }

    consuming func run() {
        while isRunning {
            doPosted()
            multi.perform()
            endFinished()
            // A task that ran on in consequence has perhaps made its next call: that goes out before the sleep. Only
            // once a turn, so that tasks that never rest cannot keep the network waiting.
            if doPosted() {
                multi.perform()
                endFinished()
            }
            endOverdue()
            // libcurl 8.21 can swallow a wake-up while it works, so the look at the mailbox comes last.
            multi.poll(milliseconds: mailbox.mayFallAsleep() ? clock.millisecondsToSleep : 0)
            clock.update()
        }
        shutDown()
    }

    /// Runs the jobs that wait now, then the commands that they and others posted; true when there were commands.
    ///
    /// A job often wakes another, until one makes a call. A few generations are run, so that the call need not wait for
    /// a look at the network each; not all, so that tasks that never rest cannot keep the network waiting.
    @discardableResult
    private mutating func doPosted() -> Bool {
        for _ in 0..<4 {
            mailbox.take(&jobs)
            if jobs.isEmpty { break }
            for job in jobs { job.runSynchronously(on: executor) }
            jobs.removeAll(keepingCapacity: true)
        }

        isRunning = mailbox.take(&commands)
        defer { commands.removeAll(keepingCapacity: true) }
        for command in commands {
            switch command {
            case .start(let exchange): start(exchange)
            case .cancel(let exchange): cancel(exchange)
            }
        }
        return !commands.isEmpty
    }

    private mutating func start(_ exchange: Exchange) {
        // A cancellation posts its command after it has ended the exchange. So either this sees the end, or the
        // command is still to come.
        guard !exchange.isOver else { return }
        let entry = TransferQueue.Entry(exchange: exchange, host: exchange.request.host, since: clock.now)
        if queue.take(entry) { begin(entry) } else { clock.expectDeadline(at: entry.deadline) }
    }

    /// Gives an exchange to libcurl; when that fails, the next one that waits.
    private mutating func begin(_ first: TransferQueue.Entry) {
        var next: TransferQueue.Entry? = first
        while let entry = next {
            do throws(HTTPError) {
                let exchange = entry.exchange
                let easy =
                    if exchange.mayShareHandle, let used = idle.popLast() { used } else {
                        try EasyHandle(configuration, clock)
                    }
                try easy.prepare(for: exchange, of: entry.host, until: entry.deadline)
                guard multi.add(easy) else {
                    throw HTTPError(.invalidRequest, "libcurl did not take the request", wasSent: false)
                }
                active[ObjectIdentifier(exchange)] = easy
                return
            } catch {
                entry.exchange.end(.failure(error))
                next = queue.next(afterOneOf: entry.host)
            }
        }
    }

    /// Begins what waited for a transfer that is over.
    private mutating func beginNext(after easy: EasyHandle) {
        if let next = queue.next(afterOneOf: easy.host) { begin(next) }
    }

    private mutating func cancel(_ exchange: Exchange) {
        guard let easy = active.removeValue(forKey: ObjectIdentifier(exchange)) else { return }
        // Dropped and not kept for another transfer: what it was in the middle of is unknown.
        multi.abandon(easy)
        beginNext(after: easy)
    }

    private mutating func endFinished() {
        while let (curl, code) = multi.nextFinished() {
            guard let easy = EasyHandle.carried(by: curl) else { continue }
            multi.remove(easy)
            guard let exchange = easy.exchange else { continue }
            active.removeValue(forKey: ObjectIdentifier(exchange))
            let outcome = easy.outcome(code)
            easy.release()
            if code == CURLE_OK, exchange.mayShareHandle, idle.count < 64 { idle.append(easy) }
            exchange.end(outcome)
            beginNext(after: easy)
        }
    }

    /// Ends the transfers whose time is up.
    private mutating func endOverdue() {
        guard clock.now >= clock.nextCheck else { return }
        clock.forgetDeadlines()
        var overdue: [(EasyHandle, HTTPTimeouts.Kind)] = []
        for easy in active.values {
            let (time, kind) = easy.deadline
            if time <= clock.now { overdue.append((easy, kind)) } else { clock.expectDeadline(at: time) }
        }
        for (easy, kind) in overdue {
            multi.abandon(easy)
            guard let exchange = easy.exchange else { continue }
            active.removeValue(forKey: ObjectIdentifier(exchange))
            exchange.end(.failure(exchange.timeout(kind)))
            beginNext(after: easy)
        }
        let now = clock.now
        var nextDeadline: Int64?
        queue.review { entry in
            if entry.deadline <= now {
                entry.exchange.end(.failure(entry.exchange.timeout(.total)))
            } else {
                nextDeadline = min(nextDeadline ?? entry.deadline, entry.deadline)
            }
        }
        if let nextDeadline { clock.expectDeadline(at: nextDeadline) }
    }

    /// Cleans up here and not in a `deinit`, which may run on any thread and within libcurl's callbacks.
    private mutating func shutDown() {
        for easy in active.values {
            multi.remove(easy)
            if let exchange = easy.exchange { exchange.end(.failure(exchange.closure)) }
        }
        queue.review { $0.exchange.end(.failure($0.exchange.closure)) }
        active = [:]
        idle = []
        let leftovers = mailbox.end()
        for case .start(let exchange) in leftovers.commands + commands {
            exchange.end(.failure(exchange.closure))
        }
        multi.destroy()
        for job in leftovers.jobs { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
        for closer in leftovers.closers { closer.resume() }
    }
}
