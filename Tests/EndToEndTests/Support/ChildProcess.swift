import Foundation
import ScriptedServer
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program as a process of its own, with a given environment and nothing else of this one's: no signal mask, no
/// descriptors, no variables.
///
/// Its output goes to files, since the other end of a pipe could be held by any program that is started meanwhile.
final class ChildProcess: Sendable {
    /// How a process ended and what it wrote.
    struct Outcome: Sendable {
        /// The exit code; for a process that a signal ended, 128 and the signal's number.
        var status: Int32
        /// The signal that ended it.
        var signal: Int32?
        var output: String
        var errors: String
    }

    private enum State {
        case running
        case ended(Int32)
    }

    /// No process of these tests takes this long on a machine that works; one that does is ended and the test fails.
    static let patience = 240.0

    let identifier: pid_t
    private let outputPath: String
    private let errorsPath: String
    private let state = Mutex(State.running)
    private let isOver = Latch()
    private let wasTooSlow = Mutex(false)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - arguments: The path of the program and its arguments.
    ///   - environment: All its variables.
    ///   - folder: Where it runs.
    ///   - scratch: A folder for its output.
    init(_ arguments: [String], environment: [String: String], folder: String, scratch: String) throws {
        let name = scratch + "/" + UUID().uuidString
        outputPath = name + ".out"
        errorsPath = name + ".err"
        identifier = try Self.spawn(arguments, environment, folder, outputPath, errorsPath)
        let thread = Thread { self.reap() }
        thread.start()
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [weak self] in self?.giveUp() }
    }

    /// What it has written to standard error so far.
    var errorsSoFar: String { Self.read(errorsPath) }

    /// Sends a signal, unless it has ended.
    func send(_ signal: Int32) {
        state.withLock { state in
            if case .running = state { _ = kill(identifier, signal) }
        }
    }

    /// Suspends until it has ended; one that does not end in time is ended, and an issue is recorded.
    func outcome(_ location: SourceLocation = #_sourceLocation) async -> Outcome {
        await isOver.wait()
        let raw = state.withLock { state in
            if case .ended(let raw) = state { raw } else { Int32(0) }
        }
        let signal = raw & 0x7f
        let outcome = Outcome(
            status: signal == 0 ? (raw >> 8) & 0xff : 128 + signal,
            signal: signal == 0 ? nil : signal,
            output: Self.read(outputPath),
            errors: Self.read(errorsPath)
        )
        if wasTooSlow.withLock({ $0 }) {
            let words = outcome.output + outcome.errors
            Issue.record("the program did not end; it wrote: \(words)", sourceLocation: location)
        }
        return outcome
    }

    private func giveUp() {
        state.withLock { state in
            guard case .running = state else { return }
            wasTooSlow.withLock { $0 = true }
            _ = kill(-identifier, SIGKILL)
        }
    }

    private func reap() {
        var information = siginfo_t()
        // Left as a zombie until the state says so, so that no signal ever reaches another process of its number.
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        state.withLock { state in
            var raw: Int32 = 0
            while waitpid(identifier, &raw, 0) < 0, errno == EINTR {}
            state = .ended(raw)
        }
        isOver.fire()
    }

    private static func read(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    private static func spawn(
        _ arguments: [String],
        _ environment: [String: String],
        _ folder: String,
        _ output: String,
        _ errors: String
    ) throws -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let create = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, create, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, create, 0o600)
        // Threads of Swift's pool block signals, and programs inherit that.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETPGROUP)
        )
        // The shell changes the folder, for which Glibc's headers offer Swift nothing, and becomes the program.
        let command = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, command[0], &actions, &attributes, &words, &variables)
        guard code == 0 else { throw CannotStart(program: arguments[0], reason: String(cString: strerror(code))) }
        return identifier
    }
}

/// A program could not be started.
struct CannotStart: Error {
    var program: String
    var reason: String
}
