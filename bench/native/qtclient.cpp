// Native Qt for npm run bench: one QNetworkAccessManager, commands on standard input, one JSON line of results each.
//   seq URL N | many URL N | down URL | up URL BYTES
#include <QCoreApplication>
#include <QEventLoop>
#include <QIODevice>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QUrl>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <time.h>

static long memory(const char *field) {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line))
        if (line.rfind(field, 0) == 0) return std::stol(line.substr(std::strlen(field) + 1)) * 1024;
    return 0;
}
static double cpuMicroseconds() {
    rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}
static double wallMicroseconds() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

// So many bytes, made when they are read.
class Source : public QIODevice {
    qint64 left;

public:
    explicit Source(qint64 size) : left(size) { open(QIODevice::ReadOnly | QIODevice::Unbuffered); }
    bool isSequential() const override { return true; }
    bool atEnd() const override { return left == 0; }
    qint64 bytesAvailable() const override { return left; }

protected:
    qint64 readData(char *data, qint64 max) override {
        if (left == 0) return -1;
        qint64 n = qMin(left, max);
        std::memset(data, 'x', size_t(n));
        left -= n;
        return n;
    }
    qint64 writeData(const char *, qint64) override { return -1; }
};

struct Tally {
    long ok = 0;
    qint64 bytes = 0;
};

static int status(QNetworkReply *reply) { return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(); }

int main(int argc, char **argv) {
    QCoreApplication app(argc, argv);
    QNetworkAccessManager manager;
    auto get = [&](const QUrl &url, Tally &tally, QEventLoop &loop, long &pending) {
        QNetworkReply *reply = manager.get(QNetworkRequest(url));
        QObject::connect(reply, &QNetworkReply::finished, [&tally, &loop, &pending, reply] {
            tally.bytes += reply->readAll().size();
            if (status(reply) == 200) tally.ok++;
            reply->deleteLater();
            if (--pending == 0) loop.quit();
        });
    };
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string op, target;
        long long n = 1;
        words >> op >> target >> n;
        QUrl url(QString::fromStdString(target));
        Tally tally;
        long done = 1;
        std::ofstream("/proc/self/clear_refs") << "5";
        long before = memory("VmRSS");
        double cpu = cpuMicroseconds(), wall = wallMicroseconds();
        if (op == "seq") {
            done = n;
            for (long long i = 0; i < n; i++) {
                QEventLoop loop;
                long pending = 1;
                get(url, tally, loop, pending);
                loop.exec();
            }
        } else if (op == "many") {
            done = n;
            QEventLoop loop;
            long pending = n;
            for (long long i = 0; i < n; i++) get(url, tally, loop, pending);
            loop.exec();
        } else if (op == "down") {
            QEventLoop loop;
            QNetworkReply *reply = manager.get(QNetworkRequest(url));
            reply->setReadBufferSize(1 << 20);
            QObject::connect(reply, &QIODevice::readyRead, [&] { tally.bytes += reply->readAll().size(); });
            QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
            loop.exec();
            tally.bytes += reply->readAll().size();
            tally.ok = status(reply) == 200;
            reply->deleteLater();
        } else if (op == "up") {
            QEventLoop loop;
            QNetworkRequest request(url);
            request.setHeader(QNetworkRequest::ContentLengthHeader, qint64(n));
            request.setHeader(QNetworkRequest::ContentTypeHeader, "application/octet-stream");
            request.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
            Source source(n);
            QNetworkReply *reply = manager.put(request, &source);
            QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
            loop.exec();
            tally.bytes = reply->readAll().toLongLong();
            tally.ok = status(reply) == 200;
            reply->deleteLater();
        } else {
            std::printf("{\"error\":\"no such command\"}\n");
            std::fflush(stdout);
            continue;
        }
        std::printf("{\"n\":%ld,\"ok\":%ld,\"bytes\":%lld,\"cpu\":%.0f,\"wall\":%.0f,\"growth\":%ld,\"version\":\"%s\"}\n", done, tally.ok,
                    (long long)tally.bytes, cpuMicroseconds() - cpu, wallMicroseconds() - wall, memory("VmHWM") - before, qVersion());
        std::fflush(stdout);
    }
}
