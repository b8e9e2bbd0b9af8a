import CrewKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The benchmarks' work done by crews: what `bench-baseline` does in C, through the library as its users have it.
///
/// `crew-bench --server URL --workload NAME [--repeat N] [--journal memory|durable]` prints one JSON object on a line;
/// `Scripts/bench` reads it and says what each workload is.
@main
enum CrewBench {
    static func main() async {
        do {
            let order = try Order(CommandLine.arguments)
            let journal = BenchJournal(order.journal)
            let figures: String
            do {
                figures = try await order.workload.measure(units: order.units, at: order.server, in: journal.journal)
            } catch {
                await journal.remove()
                throw error
            }
            await journal.remove()
            print(figures)
        } catch {
            let message = Array("crew-bench: \(error)\n".utf8)
            _ = write(STDERR_FILENO, message, message.count)
            exit(error is UsageError ? 2 : 1)
        }
    }
}

/// What the command line asks for.
private struct Order {
    let server: String
    let workload: Workload
    let units: Int
    let journal: BenchJournal.Kind

    init(_ arguments: [String]) throws {
        var values: [String: String] = [:]
        for index in stride(from: 1, to: arguments.count - 1, by: 2) { values[arguments[index]] = arguments[index + 1] }
        guard let server = values["--server"], let workload = values["--workload"].flatMap(Workload.named),
            let journal = BenchJournal.Kind(rawValue: values["--journal"] ?? "memory")
        else { throw UsageError() }
        self.server = server
        self.workload = workload
        self.journal = journal
        units = values["--repeat"].flatMap { Int($0) }.map { max(1, $0) } ?? 1
    }
}

private struct UsageError: Error, CustomStringConvertible {
    var description: String { "usage: --server URL --workload NAME [--repeat N] [--journal memory|durable]" }
}
