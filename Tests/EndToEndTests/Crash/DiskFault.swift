#if os(Linux)
    import Foundation
    import Testing

    /// What happens to the journal's files at one operation on them; see `disk_faults.c`, which does it.
    struct DiskFault: Sendable, CustomStringConvertible {
        enum Kind: String, Sendable, CaseIterable {
            /// The program is killed: before the operation, when half of the bytes are written, after it.
            case before, torn, after
            /// The power goes before the operation.
            case power
            /// The operation fails, once or with all that follow.
            case error = "eio"
            case errorForGood = "eio-always"
            case full = "enospc"
            case fullForGood = "enospc-always"
            case short
        }

        var kind: Kind
        /// The number of the operation, counted from 1 in each process.
        var operation: Int
        /// What is lost with the power: everything that was not flushed for 0, otherwise a part that follows from it.
        var seed: UInt64 = 0

        var description: String { "\(kind.rawValue):\(operation):\(seed)" }

        /// The variables with which a program is struck, or only watched.
        ///
        /// - Parameter log: A file to which every operation is added.
        static func variables(_ fault: DiskFault?, log: String) throws -> [String: String] {
            var variables = ["LD_PRELOAD": try library.get(), "CREW_DISK_LOG": log]
            variables["CREW_DISK_FAULT"] = fault?.description
            return variables
        }

        /// The library, which is compiled once for each run of the tests, beside the program.
        private static let library = Result {
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("disk_faults.c")
            let target = URL(fileURLWithPath: try Workspace.program()).deletingLastPathComponent()
                .appendingPathComponent("disk-faults-\(getpid()).so")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            // Clang comes with Swift, but Swift may have been called by its full path.
            process.arguments = [
                "-c", #""$(command -v clang || command -v cc)" -shared -fPIC -O1 -o "$1" "$0""#, source.path,
                target.path,
            ]
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw CannotStart(program: "clang", reason: "disk_faults.c was not compiled")
            }
            // Under a name that the next run finds too, so that the folder does not fill up.
            let lasting = target.deletingLastPathComponent().appendingPathComponent("disk-faults.so")
            guard rename(target.path, lasting.path) == 0 else {
                throw CannotStart(program: "clang", reason: String(cString: strerror(errno)))
            }
            return lasting.path
        }
    }

    /// What the library saw.
    struct DiskLog {
        /// An operation on a file of the journal.
        struct Operation {
            var number: Int
            /// `write`, `sync` or `resize`.
            var name: String
            var file: String
        }

        /// The operations of each program, in their order.
        private(set) var programs: [[Operation]] = []
        /// The temporary names under which files were written before each took its own: one a call and attempt.
        private(set) var effects: [String] = []
        /// What was done about files and folders that are not the journal's, in its order: `file`, `effect`, `folder`,
        /// each with the name.
        private(set) var elsewhere: [(what: String, name: String)] = []

        init(_ text: String) {
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 5, let number = Int(words[0]) else { continue }
                if ["effect", "file", "folder"].contains(words[1]) {
                    elsewhere.append((String(words[1]), String(words[2])))
                    guard words[1] == "effect" else { continue }
                }
                if words[1] != "effect" {
                    if number == 1 { programs.append([]) }
                    programs[programs.count - 1].append(
                        Operation(number: number, name: String(words[1]), file: String(words[2]))
                    )
                } else if words[2].hasPrefix(".crew-unfinished-") {
                    effects.append(String(words[2].prefix { $0 != ">" }))
                }
            }
        }
    }

    /// The cases that are tried of those there are: all with `CREW_CRASH=all`, as `make crash` has it, otherwise as
    /// many as the tests have time for, at even distances from a beginning that follows from the seed.
    struct CasePicker: Sendable {
        let isComplete = ProcessInfo.processInfo.environment["CREW_CRASH"] == "all"
        let seed = ProcessInfo.processInfo.environment["CREW_CRASH_SEED"].flatMap(UInt64.init) ?? 20_261_125

        func pick<Case>(_ count: Int, of cases: [Case]) -> [Case] {
            let stride = max(1, isComplete ? 1 : cases.count / max(1, count))
            let first = Int(seed % UInt64(stride))
            return cases.indices.filter { $0 % stride == first }.map { cases[$0] }
        }
    }

    extension Sequence where Element: Sendable {
        /// Does something for each element, two at a time.
        func forEachOfTwo(_ body: @escaping @Sendable (Element) async throws -> Void) async throws {
            try await withThrowingTaskGroup { group in
                var iterator = makeIterator()
                for _ in 0..<2 {
                    if let element = iterator.next() { group.addTask { try await body(element) } }
                }
                while try await group.next() != nil {
                    if let element = iterator.next() { group.addTask { try await body(element) } }
                }
            }
        }
    }
#endif
